/** The least number that rounds to infinity in 32 bits: halfway from the greatest float32 to 2^128; ties go to even. */
const LEAST_OVERFLOW = 2 ** 128 - 2 ** 103

/** Whether a finite number would become an infinity in 32 bits. NaN and the infinities themselves fit. */
export function overflowsFloat32(value: number): boolean {
  const magnitude = Math.abs(value)
  return magnitude >= LEAST_OVERFLOW && magnitude < Infinity
}

/** Whether a finite number would become an infinity in 32 bits. NaN and the infinities themselves fit. */
export function overflowsFloat32(value: number): boolean {
  return Number.isFinite(value) && !Number.isFinite(Math.fround(value))
}

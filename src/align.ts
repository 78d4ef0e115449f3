/** Sizes and offsets at multiples of others. */

/** Rounds `bytes` up to a multiple of `alignBytes`. */
export function alignUp(bytes: number, alignBytes: number): number {
  return Math.ceil(bytes / alignBytes) * alignBytes
}

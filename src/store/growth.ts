/** The size that a file grows to, and how many records fit in it. */
import { alignUp } from '../align.ts'
import { HEADER_SIZE_BYTES } from '../format/header.ts'
import { DEFAULT_CAPACITY_COUNT } from './options.ts'

const PAGE_BYTES = 4096
/**
 * Up to this size a file doubles, so that appends cost little; beyond it, the file grows by this much at a time. Growth
 * copies nothing, so doubling a large file would only claim disk space that may never be used.
 */
export const GROWTH_STEP_BYTES = 64 * 2 ** 20

/** The size of a new file: exactly the header and the records, as in the Go project. */
export function initialSizeBytes(capacityCount: number, recordSizeBytes: number): number {
  return HEADER_SIZE_BYTES + capacityCount * recordSizeBytes
}

/** How many whole records fit in a file of this size: the true capacity, whatever the header says. */
export function capacityOf(sizeBytes: number, recordSizeBytes: number): number {
  return Math.max(0, Math.floor((sizeBytes - HEADER_SIZE_BYTES) / recordSizeBytes))
}

/** The size to grow to so that `neededCount` records fit, ahead of need and in whole pages. */
export function grownSizeBytes(neededCount: number, recordSizeBytes: number): number {
  const needed = initialSizeBytes(neededCount, recordSizeBytes)
  if (needed > GROWTH_STEP_BYTES) return alignUp(needed, GROWTH_STEP_BYTES)
  let capacity = DEFAULT_CAPACITY_COUNT
  while (capacity < neededCount) capacity *= 2
  return alignUp(initialSizeBytes(capacity, recordSizeBytes), PAGE_BYTES)
}

/** What a writer's death left behind: counters that stayed odd, found and made even before anyone reads them. */
import { HEADER_SIZE_BYTES } from '../format/header.ts'

/** One record that a writer left mid-write, and what became of it. */
export interface RecoveredRecord {
  readonly index: number
  /** `released`: readable again, with whatever mixture of old and new fields its writer left. */
  readonly outcome: 'released'
}

const WORD_BYTES = 4

/** Index of record 0's counter in the store's Int32Array. */
export const FIRST_COUNTER = HEADER_SIZE_BYTES / WORD_BYTES

/**
 * Makes the stuck counters among `recordCount` records even. Only for a holder of the writer lock: without it, an odd
 * counter may belong to a live writer.
 */
export function releaseStuckCounters(
  i32: Int32Array,
  recordSizeBytes: number,
  recordCount: number,
): RecoveredRecord[] {
  const recovered: RecoveredRecord[] = []
  const stride = recordSizeBytes / WORD_BYTES
  for (let index = 0, counter = FIRST_COUNTER; index < recordCount; index++, counter += stride) {
    const stuck = i32[counter] as number
    if ((stuck & 1) === 0) continue
    i32[counter] = (stuck + 1) | 0
    recovered.push(Object.freeze({ index, outcome: 'released' }))
  }
  return recovered
}

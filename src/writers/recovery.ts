/** Recovery: finds the records that dead writers left mid-write, and mends them. */
import { counterWordOf, WORD_BYTES } from '../format/words.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import type { Journal } from './journal.ts'

/** One record that a writer left mid-write, and what became of it. */
export interface RecoveredRecord {
  readonly index: number
  /**
   * - `rolled-back`: it holds what it held before the write
   * - `released`: its fields stay as they were found. It is whole if only one number was being written, or nothing yet; if
   *   the writer kept no journal (another program, `unlocked`, `journal: false`), it may mix old fields with new ones
   */
  readonly outcome: 'rolled-back' | 'released'
}

/**
 * Mends a record: puts the image back, and makes the counter even. The caller has excluded every other writer of it.
 *
 * @param base of the slot with the image to put back; undefined if there is none
 */
export function mendRecord(
  { i32, counter, index }: RecordPlace,
  journal: Journal | undefined,
  base: number | undefined,
): RecoveredRecord {
  const stuck = i32[counter] as number
  if (base !== undefined) journal?.restoreImage(base, i32, counter)
  // After the image: a reader that sees the even counter sees the restored fields.
  Atomics.store(i32, counter, (stuck + 1) | 0)
  return Object.freeze({ index, outcome: base === undefined ? 'released' : 'rolled-back' })
}

/**
 * Mends every stuck record among the first `recordCount`. Only for a writer that is alone: otherwise an odd counter may
 * belong to a living one.
 */
export function recoverRecords(
  i32: Int32Array,
  recordSizeBytes: number,
  recordCount: number,
  journal: Journal | undefined,
): RecoveredRecord[] {
  const recovered: RecoveredRecord[] = []
  const stride = recordSizeBytes / WORD_BYTES
  let counter = counterWordOf(0, recordSizeBytes)
  for (let index = 0; index < recordCount; index++, counter += stride) {
    if (((i32[counter] as number) & 1) === 0) continue
    const place = { i32, counter, index }
    recovered.push(mendRecord(place, journal, journal && imageOf(journal, place)))
  }
  return recovered
}

/** Words that are checked at a time, before any of them is cleared. */
const CLEARED_WORDS = 2 ** 14

/**
 * Zeroes everything from the end of the first `recordCount` records up to `endBytes`: appends rely on zeros there, and a
 * loss of power may have left anything. Does not write to what is zero already. Only for a writer that is alone.
 */
export function clearBeyond(
  i32: Int32Array,
  recordSizeBytes: number,
  recordCount: number,
  endBytes: number,
): void {
  const end = Math.floor(endBytes / WORD_BYTES)
  for (let start = counterWordOf(recordCount, recordSizeBytes); start < end; start += CLEARED_WORDS) {
    const part = i32.subarray(start, Math.min(end, start + CLEARED_WORDS))
    if (part.some((word) => word !== 0)) part.fill(0)
  }
}

/** Whether a slot of the journal names one of the first `recordCount` records that is mid-write. */
export function isAnyStuck(i32: Int32Array, recordCount: number, journal: Journal): boolean {
  const { slotCount } = journal
  for (let slot = 0; slot < slotCount; slot++) {
    const place = journal.writtenPlace(journal.baseOf(slot), i32)
    if (place !== undefined && place.index < recordCount) return true
  }
  return false
}

/** Base of the slot with the image of a stuck record: of all slots that name the record, only its writer's has one. */
export function imageOf(journal: Journal, place: RecordPlace): number | undefined {
  const { slotCount } = journal
  for (let slot = 0; slot < slotCount; slot++) {
    const base = journal.baseOf(slot)
    if (journal.names(base, place) && journal.hasImage(base)) return base
  }
  return undefined
}

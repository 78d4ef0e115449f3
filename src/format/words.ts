/** The file as 32-bit words: the indices of the header's counts and the records' counters in an Int32Array over it. */
import { COUNTER_SIZE_BYTES } from '../schema/layout.ts'
import { CAPACITY_OFFSET_BYTES, COUNT_OFFSET_BYTES, HEADER_SIZE_BYTES } from './header.ts'

export const WORD_BYTES = 4

/** Index of the low half of the record count; the high half follows. */
export const COUNT_WORD = COUNT_OFFSET_BYTES / WORD_BYTES
/** Index of the low half of the capacity; the high half follows. */
export const CAPACITY_WORD = CAPACITY_OFFSET_BYTES / WORD_BYTES
/** Index of the counter of the first record. */
export const RECORDS_WORD = HEADER_SIZE_BYTES / WORD_BYTES
/** Number of words in a record's counter. */
export const COUNTER_WORDS = COUNTER_SIZE_BYTES / WORD_BYTES

/** Index of a record's counter. */
export function counterWordOf(index: number, recordSizeBytes: number): number {
  return RECORDS_WORD + index * (recordSizeBytes / WORD_BYTES)
}

/** The record count in the header. */
export function recordCountIn(i32: Int32Array): number {
  return (i32[COUNT_WORD] as number) >>> 0
}

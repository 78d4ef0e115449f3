/**
 * What a write leaves in its writer's slot of the journal, so that survivors can undo it: the steps that generated code
 * takes itself. They reach it as words, from the slot's first word on, and make no call once the record's counter is odd:
 * a call can fail, where the stack is exhausted.
 *
 * First the slot names the record, with the odd counter that it is about to have. Then the counter becomes odd, by a
 * compare-and-swap where there are many writers. Then the slot keeps an image of what is about to be stored to, and says so
 * last: an image proves that its writer has the record. A survivor of a writer that was killed in between finds a record
 * that is named and has no image, and that is as it was.
 */
import {
  COUNTER_HIGH_OFFSET_BYTES,
  COUNTER_LOW_OFFSET_BYTES,
  IMAGE_OFFSET_BYTES,
  IMAGE_STATE_OFFSET_BYTES,
  INDEX_OFFSET_BYTES,
  NO_IMAGE,
  PART_LENGTH_OFFSET_BYTES,
  PART_START_OFFSET_BYTES,
  WHOLE_IMAGE_MAX_WORDS,
} from '../format/journal.ts'
import { COUNTER_WORDS, WORD_BYTES } from '../format/words.ts'
import { storeShared } from '../protocol/seqlock.ts'

/** Words of a slot, counted from its first. */
export const SLOT_STATE = IMAGE_STATE_OFFSET_BYTES / WORD_BYTES
export const SLOT_INDEX = INDEX_OFFSET_BYTES / WORD_BYTES
export const SLOT_LOW = COUNTER_LOW_OFFSET_BYTES / WORD_BYTES
export const SLOT_HIGH = COUNTER_HIGH_OFFSET_BYTES / WORD_BYTES
export const SLOT_PART_START = PART_START_OFFSET_BYTES / WORD_BYTES
export const SLOT_PART_LENGTH = PART_LENGTH_OFFSET_BYTES / WORD_BYTES
export const SLOT_IMAGE = IMAGE_OFFSET_BYTES / WORD_BYTES

/** The last even low half of a counter: the next one carries into the high half. */
export const LAST_EVEN = -2

/** What stands in for a slot where a writer has none; nothing is ever read from it. */
export const NO_SLOT: Int32Array = new Int32Array(1)

/** The words of a record beside its counter. */
export function wholePart(recordSizeBytes: number): { readonly start: number; readonly length: number } {
  return { start: COUNTER_WORDS, length: recordSizeBytes / WORD_BYTES - COUNTER_WORDS }
}

/** Whether images of records of this size are always of the whole record. */
export function areImagesWhole(recordSizeBytes: number): boolean {
  return wholePart(recordSizeBytes).length <= WHOLE_IMAGE_MAX_WORDS
}

/** Has a slot name a record, under the odd counter that it is about to have. */
export function nameRecord(
  slot: Int32Array,
  slotFence: number,
  index: number,
  low: number,
  high: number,
): void {
  // First it names nothing, so that no survivor takes one half of a name for another's.
  slot[SLOT_LOW] = 0
  slot[SLOT_STATE] = NO_IMAGE
  slot[SLOT_INDEX] = index
  slot[SLOT_HIGH] = high
  storeShared(slot, SLOT_LOW, low, slotFence)
}

/**
 * Makes an even counter odd for one of many writers, of whom one succeeds.
 *
 * @param before the counter as the caller's slot names it, less 1
 * @returns `before` where it succeeded
 */
export function exchangeOdd(i32: Int32Array, counter: number, _fence: number, before: number): number {
  return before === LAST_EVEN ? LAST_EVEN | 1 : Atomics.compareExchange(i32, counter, before, before | 1)
}

/** Longest image, in words, that is copied faster in a loop than natively. */
const LOOPED_MAX_WORDS = 64

export function copyWords(
  from: Int32Array,
  fromWord: number,
  to: Int32Array,
  toWord: number,
  count: number,
): void {
  if (count > LOOPED_MAX_WORDS) to.set(from.subarray(fromWord, fromWord + count), toWord)
  else for (let i = 0; i < count; i++) to[toWord + i] = from[fromWord + i] as number
}

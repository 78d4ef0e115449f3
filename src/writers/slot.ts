/**
 * What a write leaves in its writer's slot of the journal, so that survivors can undo it. Generated code takes these steps
 * itself. It reaches the slot as words, counted from the slot's first, and makes no call once the record's counter is odd:
 * a call throws if the stack is exhausted.
 *
 * First the slot names the record, with the odd counter that it is about to have. Then the counter becomes odd, by a
 * compare-and-swap if there are many writers. Then the image of what is about to change is copied into the slot, and its
 * state is set last: an image proves that its writer owns the record. If the writer is killed before that, the survivor
 * finds a record that is named, has no image, and is unchanged.
 */
import {
  COUNTER_HIGH_OFFSET_BYTES,
  COUNTER_LOW_OFFSET_BYTES,
  IMAGE_OFFSET_BYTES,
  IMAGE_STATE_OFFSET_BYTES,
  INDEX_OFFSET_BYTES,
  PART_LENGTH_OFFSET_BYTES,
  PART_START_OFFSET_BYTES,
  WHOLE_IMAGE_MAX_WORDS,
} from '../format/journal.ts'
import { COUNTER_WORDS, WORD_BYTES } from '../format/words.ts'

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

/** Stands in for the slot of a writer that has none; nothing is ever read from it. */
export const NO_SLOT: Int32Array = new Int32Array(1)

/** All words of a record except its counter. */
export function wholePart(recordSizeBytes: number): { readonly start: number; readonly length: number } {
  return { start: COUNTER_WORDS, length: recordSizeBytes / WORD_BYTES - COUNTER_WORDS }
}

/** Whether images of records of this size are always of the whole record. */
export function areImagesWhole(recordSizeBytes: number): boolean {
  return wholePart(recordSizeBytes).length <= WHOLE_IMAGE_MAX_WORDS
}

/**
 * Makes an even counter odd by a compare-and-swap, which one of many writers wins.
 *
 * @param before the even counter: 1 less than the one that the caller's slot names
 * @returns `before` if the caller won
 */
export function exchangeOdd(i32: Int32Array, counter: number, _fence: number, before: number): number {
  return before === LAST_EVEN ? LAST_EVEN | 1 : Atomics.compareExchange(i32, counter, before, before | 1)
}

/** The longest image, in words, that a loop copies faster than a native call. */
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

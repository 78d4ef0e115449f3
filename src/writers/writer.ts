/** What stands between a store and its records where a write takes more than making a counter odd. */
import type { RecordPlace } from '../protocol/record-place.ts'
import type { Journal } from './journal.ts'

/**
 * Which writes a store may begin by itself, without asking its writer: all of them, those of one number, which is never
 * left half-written, or none.
 */
export type UntakenWrites = 'all' | 'numbers' | 'none'

/**
 * One writer of a store. Three kinds: the unguarded one asks nobody, the sole one keeps an image of what it overwrites,
 * and a shared one also takes each record from the others.
 *
 * The place comes as separate arguments where an object would be made for every write. They always stand in this order:
 * the store's words, the index of the record's counter in them, the record's index, and then the part of the record
 * that will change, as its first 32-bit word, counted from the record's start, and how many words.
 */
export interface Writer {
  readonly untaken: UntakenWrites
  /** Whether the store may take records by itself now, and keep their images in the slot: from then on. */
  readonly keepsImages: boolean
  /** The slot's words from its first on, and the index of a fence word among them. */
  readonly slot: Int32Array
  readonly slotFence: number
  /** The word that says which of many writers appends, as the first of an array, the index of a fence word in it, and what this one puts there. */
  readonly appender: Int32Array
  readonly appenderFence: number
  readonly appenderMark: number
  /**
   * Has `keepsImages` be true from here on, if it ever is.
   *
   * @throws {MmapForgeError} `ERR_NO_SPACE`, `ERR_READ_ONLY`
   */
  prepare(): void
  /** Its journal, if it has needed one so far. */
  readonly journal: Journal | undefined
  /**
   * Before a write to a record that is counted: on return no other writer has the record, and whatever becomes of this
   * one, the record can be mended.
   *
   * @param partLength 0 where the write is one naturally aligned store, which is never half made
   * @throws {MmapForgeError} `ERR_WRITER_STALLED`, `ERR_NO_SPACE`
   */
  take(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void
  /** Keeps an image of part of a record whose counter is odd by this writer already, before the first store to it. */
  keepImage(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void
  /** Lets go of a record that was taken and is not written after all; one that was not taken is left alone. */
  abandon(i32: Int32Array, counter: number, index: number): void
  /** Whether the odd counter of a record is this writer's own, of a write that it has begun. */
  owns(i32: Int32Array, counter: number, index: number): boolean
  /**
   * Mends a record whose writer is gone; false where that is not for this writer to do.
   *
   * @param isLate whether it has been waited for as long as may be
   */
  mend(place: RecordPlace, isLate?: boolean): boolean
  /** Before an append, and after it: in between no other writer appends, or changes the size of the file. */
  takeAppend(): void
  releaseAppend(): void
  /** Before the store is closed: mends what this writer itself left mid-write, whose stack was exhausted. */
  finish(i32: Int32Array): void
  /** Lets go of everything. */
  close(): void
}

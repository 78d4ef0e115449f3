/** What a store asks before and after a write that takes more than making the counter odd. */
import type { RecordPlace } from '../protocol/record-place.ts'
import type { Journal } from './journal.ts'

/**
 * Which writes a store may begin without asking its writer: all of them, only those of one number, which is never left
 * half-written, or none.
 */
export type UntakenWrites = 'all' | 'numbers' | 'none'

/**
 * One writer of a store. There are three kinds: `Unguarded` takes no records and keeps no images, `SoleWriter` keeps an image
 * of what it overwrites, and `SharedWriter` also takes each record, so that no other writer has it.
 *
 * The place of a record comes as separate arguments where an object would be made for every write, always in this order:
 * the store's words, the index of the record's counter in them, the record's index, and then the part of the record that
 * will change: its first 32-bit word, counted from the start of the record, and the number of words.
 */
export interface Writer {
  readonly untaken: UntakenWrites
  /** Whether the store may now take records, and keep their images in the slot, by itself. Once true, it stays true. */
  readonly keepsImages: boolean
  /** The words from the slot's first on. */
  readonly slot: Int32Array
  /** Its first word says which of many writers appends. Then the index of a fence word in it, and this writer's mark. */
  readonly appender: Int32Array
  readonly appenderFence: number
  readonly appenderMark: number
  /**
   * Makes `keepsImages` true, if this kind of writer keeps images.
   *
   * @throws {MmapForgeError} `ERR_NO_SPACE`, `ERR_READ_ONLY`
   */
  prepare(): void
  /** Its journal, if it has needed one so far. */
  readonly journal: Journal | undefined
  /**
   * Before a write to a record that is counted: on return no other writer has the record, and if this writer dies, the
   * record can be mended.
   *
   * @param partLength 0 if the write is one naturally aligned store, which can't be torn
   * @throws {MmapForgeError} `ERR_WRITER_STALLED`, `ERR_NO_SPACE`
   */
  take(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void
  /** Keeps an image of part of a record whose counter this writer has already made odd, before the first store to it. */
  keepImage(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void
  /** Lets go of a record that was taken and is not written after all; does nothing if it was not taken. */
  abandon(i32: Int32Array, counter: number, index: number): void
  /** Whether this writer itself made the record's counter odd, in a write that it has begun. */
  owns(i32: Int32Array, counter: number, index: number): boolean
  /**
   * Mends a record whose writer is dead; false if it must not, or can't.
   *
   * @param isLate whether the timeout is over
   */
  mend(place: RecordPlace, isLate?: boolean): boolean
  /** Called before and after an append: in between no other writer appends or changes the size of the file. */
  takeAppend(): void
  releaseAppend(): void
  /** Before the store is closed: mends what this writer itself left mid-write when its stack was exhausted. */
  finish(i32: Int32Array): void
  /** Releases everything. */
  close(): void
}

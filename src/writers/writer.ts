/** What stands between a store and its records where writing takes more than making a counter odd. */

/** A record as writers see it: words of the store, the one of its counter, and which record it is. */
export interface RecordPlace {
  readonly i32: Int32Array
  /** Index of the record's counter in `i32`. */
  readonly counter: number
  readonly index: number
}

/**
 * Two kinds: the one writer of a store keeps undo images; many writers also take each record before they write it. The
 * places come as separate arguments where an object would be made for every write.
 */
export interface WriteGuard {
  /** Whether every write passes here, or only those that are more than one store of one number. */
  readonly isForAll: boolean
  /**
   * Before a write to a record that exists: on return it is this writer's, and whatever becomes of the writer, the
   * record can be made whole again.
   *
   * @param partStart - first of the 32-bit words of the record that will change, counted from its start
   * @param partLength - how many they are; 0 where the write is one naturally aligned store, which is never half made
   * @throws {MmapForgeError} `ERR_WRITER_STALLED`, `ERR_NO_SPACE`
   */
  begin(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void
  /** Keeps an image of part of a record that was begun without one, before the first store to it. */
  keepImage(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void
  /** Lets a record go that was begun and is not written after all; one that was not begun is left alone. */
  cancel(i32: Int32Array, counter: number): void
  /** Whether the odd counter of a record is this writer's own, of a write that it has begun. */
  holds(i32: Int32Array, counter: number): boolean
  /** Makes a record whole whose writer is gone; false where that is not for this writer to do. */
  rescue(place: RecordPlace): boolean
  /** Before an append, and after: in between no other writer appends, or changes the size of the file. */
  beginAppend(): void
  endAppend(): void
  /** Before the store is closed: mends what this writer itself left mid-write, whose stack was exhausted. */
  settle(i32: Int32Array): void
  /** Lets go of everything. */
  close(): void
}

/** Where a record is, for all code that reads and writes records. */

export interface RecordPlace {
  /** The store, as 32-bit words. */
  readonly i32: Int32Array
  /** Index in `i32` of the record's counter, which is its first word. */
  readonly counter: number
  /** The record's index in the store. */
  readonly index: number
}

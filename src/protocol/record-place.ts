/** Where a record stands, as everything that reads and writes records sees it. */

export interface RecordPlace {
  /** The store, as 32-bit words. */
  readonly i32: Int32Array
  /** Index in `i32` of the record's counter, which is its first word. */
  readonly counter: number
  /** Which record it is. */
  readonly index: number
}

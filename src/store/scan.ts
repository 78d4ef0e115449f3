/** What a scan is asked for, and what it calls. */

export interface ScanOptions<K extends readonly PropertyKey[]> {
  /** The fields to read, in the order in which they are handed over. */
  readonly fields: K
  /** First record; default 0. */
  readonly from?: number | undefined
  /** The record after the last; default `length` when the scan starts. */
  readonly to?: number | undefined
}

/** The values of the fields, in the order that was asked for, and the record's index. */
type Row<R, K extends readonly (keyof R)[]> = [...{ [I in keyof K]: R[K[I]] }, index: number]

/** Called with each row of a scan. */
export type ScanVisitor<R, K extends readonly (keyof R)[]> = (...values: Row<R, K>) => void

/** Makes the next result of a reduction from the last one and a row. */
export type ScanReducer<R, K extends readonly (keyof R)[], A> = (result: A, ...values: Row<R, K>) => A

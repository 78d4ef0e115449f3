/** What a scan is asked for. */

export interface ScanOptions<K extends readonly PropertyKey[]> {
  /** The fields to read, in the order in which the visitor takes them. */
  readonly fields: K
  /** First record; default 0. */
  readonly from?: number | undefined
  /** The record after the last; default `length` when the scan starts. */
  readonly to?: number | undefined
}

/** Called with the values of the fields, in the order that was asked for, and the record's index. */
export type ScanVisitor<R, K extends readonly (keyof R)[]> = (
  ...values: [...{ [I in keyof K]: R[K[I]] }, index: number]
) => void

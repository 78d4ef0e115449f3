/** Ranges of records, as iteration and scans take them. */
import { MmapForgeError, show } from '../errors.ts'

/** What a range is of. */
export interface Ranged {
  readonly path: string
  readonly length: number
}

/**
 * A range with its defaults, checked against the records that there are now.
 *
 * @throws {MmapForgeError} `ERR_OUT_OF_BOUNDS` unless 0 ≤ `from` ≤ `to` ≤ `length`; `ERR_TYPE_MISMATCH`
 */
export function recordRange(
  store: Ranged,
  from = 0,
  to: number = store.length,
): { readonly from: number; readonly to: number } {
  const { path, length } = store
  assertBoundary(path, from, 0, length)
  assertBoundary(path, to, from, length)
  return { from, to }
}

function assertBoundary(path: string, boundary: unknown, min: number, max: number): void {
  if (Number.isInteger(boundary) && (boundary as number) >= min && (boundary as number) <= max) return
  throw new MmapForgeError(
    typeof boundary === 'number' ? 'ERR_OUT_OF_BOUNDS' : 'ERR_TYPE_MISMATCH',
    `a range of records is bounded by integers from ${min} to ${max} here, not by ${show(boundary)}`,
    { path },
  )
}

/** Ranges of records, for iteration and scans, and the iterator itself. */
import { MmapForgeError, show } from '../errors.ts'
import { ThreadBound } from './thread-bound.ts'

/** What a range is checked against. */
export interface Ranged {
  readonly path: string
  readonly length: number
}

/**
 * A range with its defaults, checked against the current length.
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

interface Records<R> {
  readonly length: number
  get(index: number): R
}

/** Yields records one by one. Without an end, it follows appends: it ends where the store ends when it gets there. */
export class RecordIterator<R> extends ThreadBound implements IterableIterator<R> {
  readonly #records: Records<R>
  readonly #end: number | undefined
  #next: number

  constructor(records: Records<R>, from: number, to: number | undefined) {
    super()
    this.#records = records
    this.#next = from
    this.#end = to
  }

  next(): IteratorResult<R, undefined> {
    const index = this.#next
    if (index >= (this.#end ?? this.#records.length)) return { done: true, value: undefined }
    this.#next = index + 1
    return { done: false, value: this.#records.get(index) }
  }

  [Symbol.iterator](): this {
    return this
  }
}

/** Iteration over snapshots. */

interface Records<R> {
  readonly length: number
  get(index: number): R
}

/** Yields records one by one; without an end it goes on to whatever the store holds when it gets there. */
export class RecordIterator<R> implements IterableIterator<R> {
  readonly #records: Records<R>
  readonly #end: number | undefined
  #next: number

  constructor(records: Records<R>, from: number, to: number | undefined) {
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

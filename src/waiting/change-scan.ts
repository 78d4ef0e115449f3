/** Finds the records that have changed, by their counters. */
import { loadAnew } from '../protocol/seqlock.ts'

/** A counter that no stable record has: the record is yet to be reported. */
const NEVER_SEEN = 1

/** Where the counters are, at this moment. */
export interface Counters {
  readonly i32: Int32Array
  /** Index of record 0's counter, and from one to the next. */
  readonly first: number
  readonly stride: number
}

export class ChangeScan {
  #seen: Int32Array

  /** Takes the records as they are, those mid-write as before that. */
  constructor({ i32, first, stride }: Counters, count: number) {
    this.#seen = new Int32Array(count)
    const seen = this.#seen
    for (let index = 0, at = first; index < count; index++, at += stride) {
      seen[index] = (i32[at] as number) & ~1
    }
  }

  /** The records from `from` up to, not including, `to` that have changed since this was last asked. */
  changed({ i32, first, stride }: Counters, from: number, to: number): number[] {
    const seen = this.#seenUpTo(to)
    const found: number[] = []
    // Anew, whatever a compiler thinks to know of memory that nobody here stores to.
    loadAnew(i32, first)
    for (let index = from, at = first + from * stride; index < to; index++, at += stride) {
      const counter = i32[at] as number
      if (counter === seen[index]) continue
      // Mid-write: it will be looked at again.
      if ((counter & 1) === 1) continue
      seen[index] = counter
      found.push(index)
    }
    return found
  }

  #seenUpTo(count: number): Int32Array {
    const seen = this.#seen
    if (count <= seen.length) return seen
    // Room ahead of need; what is appended counts as changed, though its counter be 0.
    this.#seen = new Int32Array(Math.max(count, Math.ceil(seen.length * 1.5))).fill(NEVER_SEEN, seen.length)
    this.#seen.set(seen)
    return this.#seen
  }
}

/** Finds the records that have changed, by their counters. */
import { loadAnew } from '../protocol/seqlock.ts'

/** A counter that no stable record has: the record has not been reported yet. */
const NEVER_SEEN = 1

/** Where the counters are at the moment. */
export interface Counters {
  readonly i32: Int32Array
  /** Index of record 0's counter, and the distance from one counter to the next, in words. */
  readonly first: number
  readonly stride: number
}

export class ChangeScan {
  #seen: Int32Array

  /** Takes the records as they are now as unchanged; a record mid-write will count as changed. */
  constructor({ i32, first, stride }: Counters, count: number) {
    this.#seen = new Int32Array(count)
    const seen = this.#seen
    for (let index = 0, at = first; index < count; index++, at += stride) {
      seen[index] = (i32[at] as number) & ~1
    }
  }

  /** The records from `from` up to, but not including, `to` that have changed since the last call. */
  changed({ i32, first, stride }: Counters, from: number, to: number): number[] {
    const seen = this.#seenUpTo(to)
    const found: number[] = []
    // With a fence, so that no compiler reuses earlier loads: nothing in this thread stores to this memory.
    loadAnew(i32, first)
    for (let index = from, at = first + from * stride; index < to; index++, at += stride) {
      const counter = i32[at] as number
      if (counter === seen[index]) continue
      // Mid-write: the next pass looks at it again.
      if ((counter & 1) === 1) continue
      seen[index] = counter
      found.push(index)
    }
    return found
  }

  #seenUpTo(count: number): Int32Array {
    const seen = this.#seen
    if (count <= seen.length) return seen
    // Room ahead of need; an appended record counts as changed, even if its counter is 0.
    this.#seen = new Int32Array(Math.max(count, Math.ceil(seen.length * 1.5))).fill(NEVER_SEEN, seen.length)
    this.#seen.set(seen)
    return this.#seen
  }
}

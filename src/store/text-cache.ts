/** A bounded cache of short texts, keyed by their very bytes: what repeats is decoded once and allocates nothing. */

const SET_BITS = 9
/** Two texts may share a set without driving each other out. */
const WAYS = 2
/** Words of a key: low, high, length, and one that makes the stride a power of two. */
const KEY_WORDS = 4

export class TextCache {
  readonly #keys = new Int32Array(2 ** SET_BITS * WAYS * KEY_WORDS)
  // Slot for slot with the keys; a key of zeros is that of the empty text, so that no slot is ever wrong.
  readonly #texts: string[] = new Array<string>(2 ** SET_BITS * WAYS).fill('')

  /** The text of `length` bytes whose words are `low` and `high`; undefined where it is not in the cache. */
  get(low: number, high: number, length: number): string | undefined {
    const keys = this.#keys
    const slot = setOf(low, high) * WAYS
    const at = slot * KEY_WORDS
    if (keys[at] === low && keys[at + 1] === high && keys[at + 2] === length) return this.#texts[slot]
    const other = at + KEY_WORDS
    if (keys[other] === low && keys[other + 1] === high && keys[other + 2] === length)
      return this.#texts[slot + 1]
    return undefined
  }

  set(low: number, high: number, length: number, text: string): void {
    const slot = setOf(low, high) * WAYS
    // The newer text of the set moves to the second way, and drives out the older one there.
    this.#keys.copyWithin((slot + 1) * KEY_WORDS, slot * KEY_WORDS, (slot + 1) * KEY_WORDS)
    this.#texts[slot + 1] = this.#texts[slot] as string
    this.#keys.set([low, high, length], slot * KEY_WORDS)
    this.#texts[slot] = text
  }
}

function setOf(low: number, high: number): number {
  const mixed = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
  return (mixed ^ (mixed >>> 15)) >>> (32 - SET_BITS)
}

/** A bounded cache of short texts, keyed by their very bytes: what repeats is decoded once and allocates nothing. */

const SLOT_BITS = 10
/** Words of a key: low, high, length, and one that makes the stride a power of two. */
const KEY_WORDS = 4

export class TextCache {
  readonly #keys = new Int32Array(2 ** SLOT_BITS * KEY_WORDS)
  // Slot for slot with the keys; a key of zeros is that of the empty text, so that no slot is ever wrong.
  readonly #texts: string[] = new Array<string>(2 ** SLOT_BITS).fill('')

  /** The text of `length` bytes whose words are `low` and `high`; undefined where it is not in the cache. */
  get(low: number, high: number, length: number): string | undefined {
    const keys = this.#keys
    const slot = slotOf(low, high)
    const at = slot * KEY_WORDS
    if (keys[at] === low && keys[at + 1] === high && keys[at + 2] === length) return this.#texts[slot]
    const other = at ^ KEY_WORDS
    if (keys[other] === low && keys[other + 1] === high && keys[other + 2] === length)
      return this.#texts[slot ^ 1]
    return undefined
  }

  set(low: number, high: number, length: number, text: string): void {
    const slot = slotOf(low, high)
    const at = slot * KEY_WORDS
    // Whatever was in the slot moves next door, so that two texts of one slot don't drive each other out.
    this.#keys.copyWithin(at ^ KEY_WORDS, at, at + KEY_WORDS)
    this.#texts[slot ^ 1] = this.#texts[slot] as string
    this.#keys.set([low, high, length], at)
    this.#texts[slot] = text
  }
}

const slotOf = (low: number, high: number): number =>
  (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> (32 - SLOT_BITS)

/** A cache of short texts, keyed by their bytes, so that repeated ones are decoded once. */

const SLOT_BITS = 12
/** Words of a key: low, high, length, and one for padding to a power of two. */
const KEY_WORDS = 4

/** A bounded, direct-mapped cache of texts of at most 8 bytes: the bytes select the one slot that a text can be in. */
export class TextCache {
  readonly #keys = new Int32Array(2 ** SLOT_BITS * KEY_WORDS)
  // Parallel to the keys. A key of zeros is that of the empty text, so even an unused slot is correct.
  readonly #texts: (string | undefined)[] = new Array<string | undefined>(2 ** SLOT_BITS).fill('')

  /** The text of `length` bytes whose words are `low` and `high`; undefined if it is not cached. */
  get(low: number, high: number, length: number): string | undefined {
    const keys = this.#keys
    const slot = slotOf(low, high)
    const at = slot * KEY_WORDS
    if (keys[at] === low && keys[at + 1] === high && keys[at + 2] === length) return this.#texts[slot]
    return undefined
  }

  /** Caches a text that was missed, but only on its second miss: caching one costs as much as decoding it. */
  put(low: number, high: number, length: number, text: string): void {
    const keys = this.#keys
    const slot = slotOf(low, high)
    const at = slot * KEY_WORDS
    if (keys[at] === low && keys[at + 1] === high && keys[at + 2] === length) {
      this.#texts[slot] = text
      return
    }
    this.#texts[slot] = undefined
    keys[at] = low
    keys[at + 1] = high
    keys[at + 2] = length
  }
}

const slotOf = (low: number, high: number): number =>
  (Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b)) >>> (32 - SLOT_BITS)

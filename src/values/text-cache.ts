/** Short texts by their very bytes: what comes again is not decoded again. */

const SLOT_BITS = 12
/** Words of a key: low, high, length, and one that makes the stride a power of two. */
const KEY_WORDS = 4

/** A bounded cache of texts of at most 8 bytes, each in the one slot that its bytes select. */
export class TextCache {
  readonly #keys = new Int32Array(2 ** SLOT_BITS * KEY_WORDS)
  // Slot for slot with the keys. A key of zeros is that of the empty text, so that no slot is ever wrong.
  readonly #texts: (string | undefined)[] = new Array<string | undefined>(2 ** SLOT_BITS).fill('')

  /** The text of `length` bytes whose words are `low` and `high`; undefined where it is not in the cache. */
  get(low: number, high: number, length: number): string | undefined {
    const keys = this.#keys
    const slot = slotOf(low, high)
    const at = slot * KEY_WORDS
    if (keys[at] === low && keys[at + 1] === high && keys[at + 2] === length) return this.#texts[slot]
    return undefined
  }

  /** Takes a text that was not there, when it comes for the second time: to keep one costs as much as to make it. */
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

/** A bounded set of texts and their bytes, one row each: what the tables of texts share. */
import { type ByteStrings, bytesOf } from './text-bytes.ts'

/** Longest text that is kept. */
export const TABLED_MAX_BYTES = 128

/** Many more slots than rows, so that collisions are rare. */
const SLOT_BITS = 13
export const SLOT_COUNT = 2 ** SLOT_BITS
const ROW_COUNT = 512

/** How many misses one hit pays for. */
const HIT_CREDIT = 4
const MAX_CREDIT = ROW_COUNT * 2
/** How many texts bypass the table once the credit is used up. */
const REST_COUNT = 2 ** 16

export class TextRows {
  protected readonly rowWords: number
  readonly words: Int32Array
  readonly bytes: ByteStrings
  /** For each row, the length of its text in bytes, or 0 if it has none; and the text. */
  protected readonly lengths = new Int32Array(ROW_COUNT)
  protected readonly texts: string[] = new Array<string>(ROW_COUNT).fill('')
  /** For each slot, the row that its text is in; for each row, the slot that refers to it. */
  readonly #rows = new Int16Array(SLOT_COUNT)
  readonly #slots = new Int16Array(ROW_COUNT)
  /** The row that was replaced last; the next one is the oldest. */
  #newest = 0
  #credit = MAX_CREDIT
  #restCount = 0

  constructor(maxBytes: number) {
    // Whole words, and one more for the remaining bytes, if any.
    this.rowWords = (Math.min(maxBytes, TABLED_MAX_BYTES) >>> 2) + 1
    this.words = new Int32Array(ROW_COUNT * this.rowWords)
    this.bytes = bytesOf(this.words)
  }

  /** Whether to look the next text up: not for a while, if texts don't repeat. */
  isWorthIt(): boolean {
    if (this.#restCount === 0) return true
    this.#restCount--
    return false
  }

  protected rowOf(slot: number): number {
    return this.#rows[slot] as number
  }

  protected noteFound(): void {
    if (this.#credit < MAX_CREDIT) this.#credit += HIT_CREDIT
  }

  protected noteMissed(): void {
    this.#credit--
    if (this.#credit > 0) return
    this.#credit = MAX_CREDIT
    this.#restCount = REST_COUNT
  }

  /** Takes a row for the text of a slot, and clears it. */
  protected take(slot: number): number {
    let row = this.#rows[slot] as number
    // Texts that collide in a slot share its row, so that they don't evict all others.
    if (this.#slots[row] !== slot) {
      row = (this.#newest + 1) % ROW_COUNT
      this.#newest = row
      this.#rows[slot] = row
      this.#slots[row] = slot
    }
    this.lengths[row] = 0
    return row
  }
}

/** Hashes some of a text's words, which differ for most texts; those that share them evict each other. */
export function slotOf(length: number, first: number, second: number, middle: number, last: number): number {
  const hash =
    Math.imul(length ^ first, 0x9e3779b1) ^
    Math.imul(second, 0x85ebca6b) ^
    Math.imul(middle, 0xc2b2ae35) ^
    Math.imul(last, 0x27d4eb2f)
  return hash >>> (32 - SLOT_BITS)
}

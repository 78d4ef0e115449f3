/** Texts of some length beside their bytes, a row each, within bounds: what tables of texts have in common. */
import { type ByteStrings, bytesOf } from './text-bytes.ts'

/** Longest text that is kept. */
export const TABLED_MAX_BYTES = 128

/** Many more slots than rows, so that two texts seldom meet in one. */
const SLOT_BITS = 13
export const SLOT_COUNT = 2 ** SLOT_BITS
const ROW_COUNT = 512

/** For how many texts that were looked for in vain one makes up that was found. */
const HIT_CREDIT = 4
const MAX_CREDIT = ROW_COUNT * 2
/** How many texts are handled without the table once the credit is used up. */
const REST_COUNT = 2 ** 16

export class TextRows {
  protected readonly rowWords: number
  readonly words: Int32Array
  readonly bytes: ByteStrings
  /** Row by row: the length of the text in bytes, or 0 where there is none, and the text. */
  protected readonly lengths = new Int32Array(ROW_COUNT)
  protected readonly texts: string[] = new Array<string>(ROW_COUNT).fill('')
  /** By slot: the row that a text may be in. By row: the slot that has it. */
  readonly #rows = new Int16Array(SLOT_COUNT)
  readonly #slots = new Int16Array(ROW_COUNT)
  /** The row that was taken last: the next one was taken the longest ago. */
  #newest = 0
  #credit = MAX_CREDIT
  #restCount = 0

  constructor(maxBytes: number) {
    // Whole words, and one for the bytes behind them, of which there may be none.
    this.rowWords = (Math.min(maxBytes, TABLED_MAX_BYTES) >>> 2) + 1
    this.words = new Int32Array(ROW_COUNT * this.rowWords)
    this.bytes = bytesOf(this.words)
  }

  /** Whether to look for the next text here: not for a while where texts don't repeat. */
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

  /** A row for the text of a slot, without a text. */
  protected take(slot: number): number {
    let row = this.#rows[slot] as number
    // Texts that meet in a slot share a row, lest they drive out all others.
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

/** Some words of a text tell it from most others; those that have them in common drive each other out. */
export function slotOf(length: number, first: number, second: number, middle: number, last: number): number {
  const hash =
    Math.imul(length ^ first, 0x9e3779b1) ^
    Math.imul(second, 0x85ebca6b) ^
    Math.imul(middle, 0xc2b2ae35) ^
    Math.imul(last, 0x27d4eb2f)
  return hash >>> (32 - SLOT_BITS)
}

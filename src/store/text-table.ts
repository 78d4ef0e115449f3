/** A bounded cache of texts of some length, keyed by their very bytes. Its rows are the private copies that texts are made of. */
import { type ByteStrings, bytesOf, decodeAscii, decodeUtf8, firstBytes, NOT_ASCII } from './text-bytes.ts'

/** Longest text that is kept. */
export const TABLED_MAX_BYTES = 128

/** Many more slots than rows, so that two texts seldom meet in one. */
const SLOT_BITS = 13
const ROW_COUNT = 512

/** For how many texts that were looked for in vain one makes up that was found. */
const HIT_CREDIT = 4
const MAX_CREDIT = ROW_COUNT * 2
/** How many texts are decoded without the table once the credit is used up. */
const REST_COUNT = 2 ** 16

export class TextTable {
  readonly #rowWords: number
  readonly #words: Int32Array
  readonly #bytes: ByteStrings
  /** By the first bits of a text's hash: the row that it may be in. */
  readonly #rows = new Int16Array(2 ** SLOT_BITS)
  /** Row by row: its slot; the length of its text, or 0 where there is none; and the text. */
  readonly #slots = new Int16Array(ROW_COUNT)
  readonly #lengths = new Int32Array(ROW_COUNT)
  readonly #texts: string[] = new Array<string>(ROW_COUNT).fill('')
  /** The row that was filled the longest ago. */
  #oldest = 0
  /** What was copied last: its row, and the bits that are set in any of its words. */
  #row = 0
  #copiedBits = 0
  #credit = MAX_CREDIT
  #restCount = 0

  constructor(maxBytes: number) {
    // Whole words, and one for the bytes behind them, of which there may be none.
    this.#rowWords = (Math.min(maxBytes, TABLED_MAX_BYTES) >>> 2) + 1
    this.#words = new Int32Array(ROW_COUNT * this.#rowWords)
    this.#bytes = bytesOf(this.#words)
  }

  /** Whether to look for the next text here: not for a while where texts don't repeat. */
  isWorthIt(): boolean {
    if (this.#restCount === 0) return true
    this.#restCount--
    return false
  }

  /** The text of the `length` bytes from word `first`; where it is not in the table, copies them for {@link decode}. */
  find(i32: Int32Array, first: number, length: number): string | undefined {
    const end = first + (length >>> 2)
    const tail = (length & 3) === 0 ? 0 : (i32[end] as number) & firstBytes(length & 3)
    const slot = slotOf(
      length ^ tail,
      i32[first] as number,
      i32[first + 1] as number,
      i32[first + (length >>> 3)] as number,
      i32[end - 1] as number,
    )
    const row = this.#rows[slot] as number
    if (this.#lengths[row] === length) {
      const words = this.#words
      let at = row * this.#rowWords
      let i = first
      while (i < end && words[at] === i32[i]) {
        i++
        at = (at + 1) | 0
      }
      if (i === end && words[at] === tail) {
        if (this.#credit < MAX_CREDIT) this.#credit += HIT_CREDIT
        return this.#texts[row]
      }
    }
    this.#copy(slot, i32, first, end, tail)
    return undefined
  }

  #copy(slot: number, i32: Int32Array, first: number, end: number, tail: number): void {
    let row = this.#rows[slot] as number
    // Texts that meet in a slot share a row, lest they drive out all others.
    if (this.#slots[row] !== slot) {
      row = this.#oldest = (this.#oldest + 1) % ROW_COUNT
      this.#rows[slot] = row
    }
    const words = this.#words
    let at = row * this.#rowWords
    let bits = tail
    for (let i = first; i < end; i++) {
      const word = i32[i] as number
      words[at++] = word
      bits |= word
    }
    words[at] = tail
    this.#slots[row] = slot
    this.#lengths[row] = 0
    this.#row = row
    this.#copiedBits = bits
    if (--this.#credit <= 0) {
      this.#credit = MAX_CREDIT
      this.#restCount = REST_COUNT
    }
  }

  /** The text of what was copied last; undefined where it is not UTF-8. */
  decode(length: number): string | undefined {
    const row = this.#row
    const start = row * this.#rowWords * 4
    const text =
      (this.#copiedBits & NOT_ASCII) === 0
        ? decodeAscii(this.#bytes, start, start + length)
        : decodeUtf8(this.#bytes, start, start + length)
    if (text === undefined) return undefined
    this.#texts[row] = text
    this.#lengths[row] = length
    return text
  }
}

/** Some words of a text tell it from most others; those that have them in common drive each other out. */
function slotOf(length: number, first: number, second: number, middle: number, last: number): number {
  const hash =
    Math.imul(length ^ first, 0x9e3779b1) ^
    Math.imul(second, 0x85ebca6b) ^
    Math.imul(middle, 0xc2b2ae35) ^
    Math.imul(last, 0x27d4eb2f)
  return hash >>> (32 - SLOT_BITS)
}

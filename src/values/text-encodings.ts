/** A bounded cache of encoded texts, for those that are written repeatedly. */
import { type ByteStrings, decodeAscii, decodeUtf8 } from './text-bytes.ts'
import { SLOT_COUNT, slotOf, TABLED_MAX_BYTES, TextRows } from './text-rows.ts'

/** {@link TextEncodings.find} returns this for a text that is not in the table. */
export const NO_ROW = -1

export class TextEncodings extends TextRows {
  /** For each slot, the length of the text that was last missed: a text is kept only on its second miss. */
  readonly #missedLengths = new Int16Array(SLOT_COUNT)
  #missedSlot = 0

  /** The row of a text of more than 8 characters. If it has none, {@link keep} may add it. */
  find(text: string): number {
    const { length } = text
    const middle = length >>> 1
    const slot = slotOf(
      length,
      pairAt(text, 0),
      pairAt(text, 2),
      pairAt(text, middle),
      pairAt(text, length - 2),
    )
    const row = this.rowOf(slot)
    if (this.texts[row] === text) {
      this.noteFound()
      return row
    }
    this.#missedSlot = slot
    this.noteMissed()
    return NO_ROW
  }

  /** Adds a text that was just missed; its bytes are at the start of `words`. */
  keep(text: string, words: Int32Array, bytes: ByteStrings, length: number): void {
    const slot = this.#missedSlot
    if (this.#missedLengths[slot] !== text.length) {
      this.#missedLengths[slot] = text.length
      return
    }
    if (length > TABLED_MAX_BYTES) return
    // A copy, since a substring would keep the string that it is part of alive.
    const copy = (length === text.length ? decodeAscii : decodeUtf8)(bytes, 0, length)
    const row = this.take(slot)
    this.words.set(words.subarray(0, (length + 3) >>> 2), this.startOf(row))
    this.texts[row] = copy as string
    this.lengths[row] = length
  }

  /** The length in bytes of the text of a row. */
  lengthOf(row: number): number {
    return this.lengths[row] as number
  }

  /** Index in {@link words} of the first word of a row. */
  startOf(row: number): number {
    return row * this.rowWords
  }
}

function pairAt(text: string, index: number): number {
  return text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16)
}

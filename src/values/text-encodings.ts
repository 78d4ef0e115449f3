/** A bounded cache of what texts are in UTF-8, for those that are written again and again. */
import { type ByteStrings, decodeAscii, decodeUtf8 } from './text-bytes.ts'
import { SLOT_COUNT, slotOf, TABLED_MAX_BYTES, TextRows } from './text-rows.ts'

/** What {@link TextEncodings.find} gives for a text that is not in the table. */
export const NO_ROW = -1

export class TextEncodings extends TextRows {
  /** By slot, how long a text was that was last looked for in vain: only what comes again is kept. */
  readonly #missedLengths = new Int16Array(SLOT_COUNT)
  #missedSlot = 0

  /** The row of a text of more than 8 characters; of one that has none, {@link keep} may be told the bytes. */
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

  /** Takes the bytes of a text that was just looked for in vain, which stand at the start of `words`. */
  keep(text: string, words: Int32Array, bytes: ByteStrings, length: number): void {
    const slot = this.#missedSlot
    if (this.#missedLengths[slot] !== text.length) {
      this.#missedLengths[slot] = text.length
      return
    }
    if (length > TABLED_MAX_BYTES) return
    // A copy, since the text may be a part of another, which it would keep from being collected.
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

  /** Where the bytes of a row start, in words of {@link words}. */
  startOf(row: number): number {
    return row * this.rowWords
  }
}

function pairAt(text: string, index: number): number {
  return text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16)
}

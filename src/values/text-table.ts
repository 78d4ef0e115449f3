/** A bounded cache of texts of some length, keyed by their very bytes. Its rows are the private copies that texts are made of. */
import { decodeAscii, decodeUtf8, firstBytes, NOT_ASCII } from './text-bytes.ts'
import { slotOf, TextRows } from './text-rows.ts'

export class TextTable extends TextRows {
  /** What was copied last: its row, and the bits that are set in any of its words. */
  #row = 0
  #copiedBits = 0

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
    const row = this.rowOf(slot)
    if (this.lengths[row] === length) {
      const words = this.words
      let at = row * this.rowWords
      let i = first
      while (i < end && words[at] === i32[i]) {
        i++
        at = (at + 1) | 0
      }
      if (i === end && words[at] === tail) {
        this.noteFound()
        return this.texts[row]
      }
    }
    this.#copy(this.take(slot), i32, first, end, tail)
    return undefined
  }

  #copy(row: number, i32: Int32Array, first: number, end: number, tail: number): void {
    const words = this.words
    let at = row * this.rowWords
    let bits = tail
    for (let i = first; i < end; i++) {
      const word = i32[i] as number
      words[at++] = word
      bits |= word
    }
    words[at] = tail
    this.#row = row
    this.#copiedBits = bits
    this.noteMissed()
  }

  /** The text of what was copied last; undefined where it is not UTF-8. */
  decode(length: number): string | undefined {
    const row = this.#row
    const start = row * this.rowWords * 4
    const text =
      (this.#copiedBits & NOT_ASCII) === 0
        ? decodeAscii(this.bytes, start, start + length)
        : decodeUtf8(this.bytes, start, start + length)
    if (text === undefined) return undefined
    this.texts[row] = text
    this.lengths[row] = length
    return text
  }
}

/** A bounded cache of longer texts, keyed by their bytes. Its rows are the private copies that texts are decoded from. */
import { decodeAscii, decodeUtf8, firstBytes, NOT_ASCII } from './text-bytes.ts'
import { slotOf, TextRows } from './text-rows.ts'

export class TextTable extends TextRows {
  /** The text of the `length` bytes from word `first`, more than 8; undefined if they are not UTF-8. */
  load(i32: Int32Array, first: number, length: number): string | undefined {
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
    this.noteMissed()
    return this.#take(this.take(slot), i32, first, length, tail)
  }

  /** Copies the bytes into a row, and decodes the copy. */
  #take(row: number, i32: Int32Array, first: number, length: number, tail: number): string | undefined {
    const words = this.words
    const from = row * this.rowWords
    const count = length >>> 2
    let bits = tail
    for (let i = 0; i < count; i++) {
      const word = i32[first + i] as number
      words[from + i] = word
      bits |= word
    }
    words[from + count] = tail
    const text = ((bits & NOT_ASCII) === 0 ? decodeAscii : decodeUtf8)(this.bytes, from * 4, length)
    if (text === undefined) return undefined
    this.texts[row] = text
    this.lengths[row] = length
    return text
  }
}

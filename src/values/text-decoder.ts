/** Decodes texts of one field that are too long for two words. */
import { type ByteStrings, bytesOf, decodeAscii, decodeUtf8, firstBytes, NOT_ASCII } from './text-bytes.ts'
import { TABLED_MAX_BYTES } from './text-rows.ts'
import { TextTable } from './text-table.ts'

/** Longest text that is copied faster in a loop than natively. */
const LOOPED_MAX_BYTES = 256

/** The private memory that a text is copied into before it is decoded, as words and as bytes. */
const copiedWords = new Int32Array(LOOPED_MAX_BYTES / 4)
const copiedBytes = bytesOf(copiedWords)

export class FieldDecoder {
  declare private readonly maxBytes: number
  /** Made when the first text comes. */
  #table: TextTable | undefined

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** As {@link TextField.load}, for more than 8 bytes from word `first`. */
  load(u8: Uint8Array, i32: Int32Array, first: number, length: number): string | undefined {
    if (length > this.maxBytes) return undefined
    if (length <= TABLED_MAX_BYTES) {
      this.#table ??= new TextTable(this.maxBytes)
      if (this.#table.isWorthIt()) return this.#table.load(i32, first, length)
    }
    if (length > LOOPED_MAX_BYTES) {
      const copy = Buffer.from(u8.subarray(first * 4, first * 4 + length)) as unknown as ByteStrings
      return decodeUtf8(copy, 0, length)
    }
    const count = length >>> 2
    let bits = 0
    for (let i = 0; i < count; i++) {
      const word = i32[first + i] as number
      copiedWords[i] = word
      bits |= word
    }
    if ((length & 3) !== 0) {
      const word = (i32[first + count] as number) & firstBytes(length & 3)
      copiedWords[count] = word
      bits |= word
    }
    return ((bits & NOT_ASCII) === 0 ? decodeAscii : decodeUtf8)(copiedBytes, 0, length)
  }
}

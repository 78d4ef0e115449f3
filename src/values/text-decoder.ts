/** Decodes the texts of one field that are too long for two words: in two steps, of which only the first needs the record. */
import { type ByteStrings, bytesOf, decodeAscii, decodeUtf8, NOT_ASCII } from './text-bytes.ts'
import { TABLED_MAX_BYTES } from './text-rows.ts'
import { TextTable } from './text-table.ts'

/** Longest text that is copied faster in a loop than natively. */
const LOOPED_MAX_BYTES = 256

export class FieldDecoder {
  declare private readonly maxBytes: number
  /** Made when the first text comes. */
  #table: TextTable | undefined
  /** Whether what was copied last is in the table. */
  #isTabled = false
  /** What was copied last, where it is not: of this field alone, since others are copied before this one is decoded. */
  #copied: ByteStrings | undefined
  /** What copies up to {@link LOOPED_MAX_BYTES} are made in, as words and as bytes. */
  #words: Int32Array | undefined
  #bytes: ByteStrings | undefined

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** As that of a text field, for more than 8 bytes from word `first`. */
  find(u8: ByteStrings, i32: Int32Array, first: number, length: number): string | undefined {
    if (length > this.maxBytes) return undefined
    this.#isTabled = length <= TABLED_MAX_BYTES
    if (this.#isTabled) {
      this.#table ??= new TextTable(this.maxBytes)
      this.#isTabled = this.#table.isWorthIt()
      if (this.#isTabled) return this.#table.find(i32, first, length)
    }
    return this.#findUntabled(u8, i32, first, length)
  }

  /** As that of a text field. */
  decode(length: number): string | undefined {
    if (length > this.maxBytes) return undefined
    return this.#isTabled ? this.#table?.decode(length) : decodeUtf8(this.#copied as ByteStrings, 0, length)
  }

  #findUntabled(u8: ByteStrings, i32: Int32Array, first: number, length: number): string | undefined {
    const start = first * 4
    const end = start + length
    const wholeEnd = first + (length >>> 2)
    let bits = 0
    for (let word = first; word < wholeEnd; word++) bits |= i32[word] as number
    for (let i = wholeEnd * 4; i < end; i++) bits |= u8[i] as number
    // Of ASCII there is nothing to measure, so that it may change while it is decoded.
    if ((bits & NOT_ASCII) === 0) return decodeAscii(u8, start, end)
    this.#copy(u8, i32, first, length)
    return undefined
  }

  #copy(u8: ByteStrings, i32: Int32Array, first: number, length: number): void {
    if (length > LOOPED_MAX_BYTES) {
      this.#copied = Buffer.from(u8.subarray(first * 4, first * 4 + length)) as unknown as ByteStrings
      return
    }
    this.#words ??= new Int32Array(LOOPED_MAX_BYTES / 4)
    this.#bytes ??= bytesOf(this.#words)
    const words = this.#words
    const wordCount = (length + 3) >>> 2
    for (let i = 0; i < wordCount; i++) words[i] = i32[first + i] as number
    this.#copied = this.#bytes
  }
}

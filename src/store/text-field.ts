/** How one string field is encoded and decoded: the part of a read and a write that is not the seqlock's. */
import { type ByteStrings, bytesOf, decodeAscii, decodeUtf8, firstBytes, NOT_ASCII } from './text-bytes.ts'
import { TextCache } from './text-cache.ts'
import { TABLED_MAX_BYTES, TextTable } from './text-table.ts'

/** Longest text that is handled as two 32-bit words: packed, stored, and looked up in the cache. */
const WORDS_MAX_BYTES = 8
/** What {@link TextField.measure} gives for a value that the field can't hold. */
const NO_TEXT = -1

/** Longest text that is copied faster in a loop than natively. */
const COPIED_MAX_BYTES = 256
const copiedWords = new Int32Array(COPIED_MAX_BYTES / 4)
const copiedBytes = bytesOf(copiedWords)

/**
 * Encodes and decodes the text of one field. `measure` comes before the write and keeps the encoded text, `store` within
 * it: no code of a caller runs between the two, so nothing can take the encoded text's place.
 */
export class TextField {
  // Declared, not defined: compilers take for constants only what is assigned once.
  declare readonly maxBytes: number
  readonly #cache = new TextCache()
  /** Select the bytes of a short text's words that belong to the field. */
  declare private readonly lowMask: number
  declare private readonly highMask: number
  /** Made when the first text comes that is too long for the cache. */
  #table: TextTable | undefined
  /** What `find` copied: the words of a short text, a row of the table, or bytes. */
  #copiedLow = 0
  #copiedHigh = 0
  #isTabled = false
  #copied: ByteStrings = copiedBytes
  /** The text last measured, as little-endian words, where it has at most {@link WORDS_MAX_BYTES}. */
  #low = 0
  #high = 0
  /** The text last measured, where it is longer; its words and its bytes. */
  #words = new Int32Array(16)
  #bytes = bytesOf(this.#words)

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
    this.lowMask = firstBytes(maxBytes)
    this.highMask = firstBytes(maxBytes - 4)
  }

  /** The length of `text` in UTF-8 bytes; negative where it is no string, too long, or has a lone surrogate. */
  measure(text: unknown): number {
    if (typeof text !== 'string') return NO_TEXT
    const { length } = text
    if (length > WORDS_MAX_BYTES) return this.#encode(text)
    let low = 0
    let high = 0
    let codes = 0
    // Few short texts have more than four characters, and a loop over those would take longer.
    if (length > 0) {
      low = text.charCodeAt(0)
      codes = low
    }
    if (length > 1) {
      const code = text.charCodeAt(1)
      low |= code << 8
      codes |= code
    }
    if (length > 2) {
      const code = text.charCodeAt(2)
      low |= code << 16
      codes |= code
    }
    if (length > 3) {
      const code = text.charCodeAt(3)
      low |= code << 24
      codes |= code
    }
    for (let i = 4; i < length; i++) {
      const code = text.charCodeAt(i)
      high |= code << (8 * i)
      codes |= code
    }
    if (codes > 0x7f || length > this.maxBytes) return this.#encode(text)
    this.#low = low
    this.#high = high
    return length
  }

  #encode(text: string): number {
    if (text.length > this.maxBytes) return NO_TEXT
    // Three bytes for each UTF-16 unit always suffice, so that what is written is never cut short.
    if (this.#bytes.length < text.length * 3) {
      this.#words = new Int32Array(Math.ceil((text.length * 3) / 2))
      this.#bytes = bytesOf(this.#words)
    }
    const length = this.#bytes.utf8Write(text, 0)
    if (length > this.maxBytes || (length !== text.length && !text.isWellFormed())) return NO_TEXT
    if (length <= WORDS_MAX_BYTES) {
      this.#low = (this.#words[0] as number) & firstBytes(length)
      this.#high = (this.#words[1] as number) & firstBytes(length - 4)
    }
    return length
  }

  /** Stores what was measured last, as `length` bytes, with its prefix at word `prefix` of `i32`. Never throws. */
  store(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): void {
    // Whole words of the field only: the bytes behind it are another field's.
    if (length > WORDS_MAX_BYTES || this.maxBytes < WORDS_MAX_BYTES) {
      this.#storeBytes(u8, i32, prefix, length)
      return
    }
    if (this.maxBytes > WORDS_MAX_BYTES) this.#clearBehind(u8, i32, prefix, WORDS_MAX_BYTES)
    i32[prefix] = length
    i32[prefix + 1] = this.#low
    i32[prefix + 2] = this.#high
  }

  #storeBytes(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): void {
    this.#clearBehind(u8, i32, prefix, length)
    i32[prefix] = length
    if (length > WORDS_MAX_BYTES) this.#storeWords(u8, i32, prefix + 1, length)
    else {
      const start = prefix * 4 + 4
      for (let i = 0; i < length; i++) u8[start + i] = (i < 4 ? this.#low : this.#high) >>> (8 * (i & 3))
    }
  }

  /** Zeroes what a shorter text leaves of a longer one: the format keeps the rest of a field zeroed. */
  #clearBehind(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): void {
    const old = (i32[prefix] as number) >>> 0
    if (old > length)
      clear(u8, prefix * 4 + 4 + length, prefix * 4 + 4 + (old < this.maxBytes ? old : this.maxBytes))
  }

  #storeWords(u8: Uint8Array, i32: Int32Array, first: number, length: number): void {
    const words = this.#words
    const bytes = this.#bytes
    const whole = length >>> 2
    if (whole > 64) u8.set(bytes.subarray(0, length), first * 4)
    else {
      for (let i = 0; i < whole; i++) i32[first + i] = words[i] as number
      for (let i = whole * 4; i < length; i++) u8[first * 4 + i] = bytes[i] as number
    }
  }

  /**
   * The text of the `length` bytes behind the prefix at word `prefix` of `i32`, which is the same memory as `u8`, where it
   * is at hand; otherwise undefined, and they are copied for {@link decode}. It runs within a read, on bytes that may be
   * changing: what it gives counts only once the read has proved consistent.
   */
  find(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): string | undefined {
    if (length > WORDS_MAX_BYTES) return this.#findLong(u8 as ByteStrings, i32, prefix + 1, length)
    // Bytes of the field behind the text are zeros, and where they are not, that makes another key.
    const low = (i32[prefix + 1] as number) & this.lowMask
    const high = (i32[prefix + 2] as number) & this.highMask
    const text = this.#cache.get(low, high, length)
    if (text === undefined) {
      this.#copiedLow = low
      this.#copiedHigh = high
    }
    return text
  }

  /** The text of the `length` bytes that `find` copied; undefined where they are not UTF-8, or longer than the field. */
  decode(length: number): string | undefined {
    if (length > this.maxBytes) return undefined
    if (length <= WORDS_MAX_BYTES) return this.#decodeWords(this.#copiedLow, this.#copiedHigh, length)
    return this.#isTabled ? this.#table?.decode(length) : decodeUtf8(this.#copied, 0, length)
  }

  /** What `find` gives, or else `decode`. */
  load(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): string | undefined {
    return this.find(u8, i32, prefix, length) ?? this.decode(length)
  }

  #findLong(u8: ByteStrings, i32: Int32Array, first: number, length: number): string | undefined {
    if (length > this.maxBytes) return undefined
    this.#isTabled = length <= TABLED_MAX_BYTES
    if (this.#isTabled) {
      this.#table ??= new TextTable(this.maxBytes)
      this.#isTabled = this.#table.isWorthIt()
      if (this.#isTabled) return this.#table.find(i32, first, length)
    }
    return this.#findUntabled(u8, i32, first, length)
  }

  #findUntabled(u8: ByteStrings, i32: Int32Array, first: number, length: number): string | undefined {
    const start = first * 4
    const end = start + length
    const wholeEnd = first + (length >>> 2)
    let bits = 0
    for (let word = first; word < wholeEnd; word++) bits |= i32[word] as number
    for (let i = wholeEnd * 4; i < end; i++) bits |= u8[i] as number
    if ((bits & NOT_ASCII) === 0) return decodeAscii(u8, start, end)
    this.#copy(u8, i32, first, length)
    return undefined
  }

  #copy(u8: ByteStrings, i32: Int32Array, first: number, length: number): void {
    if (length > COPIED_MAX_BYTES) {
      this.#copied = Buffer.from(u8.subarray(first * 4, first * 4 + length)) as unknown as ByteStrings
      return
    }
    this.#copied = copiedBytes
    const wordCount = (length + 3) >>> 2
    for (let i = 0; i < wordCount; i++) copiedWords[i] = i32[first + i] as number
  }

  /** Whether the `length` bytes behind the prefix are what was measured last; as `load`, on bytes that may be changing. */
  matches(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): boolean {
    if (length <= WORDS_MAX_BYTES) {
      const low = length === 0 ? 0 : (i32[prefix + 1] as number) & firstBytes(length)
      const high = length <= 4 ? 0 : (i32[prefix + 2] as number) & firstBytes(length - 4)
      return low === this.#low && high === this.#high
    }
    const whole = length >>> 2
    for (let i = 0; i < whole; i++) if (i32[prefix + 1 + i] !== this.#words[i]) return false
    const start = prefix * 4 + 4
    for (let i = whole * 4; i < length; i++) if (u8[start + i] !== this.#bytes[i]) return false
    return true
  }

  #decodeWords(low: number, high: number, length: number): string | undefined {
    this.#words[0] = low
    this.#words[1] = high
    const text =
      ((low | high) & NOT_ASCII) === 0
        ? this.#bytes.latin1Slice(0, length)
        : decodeUtf8(this.#bytes, 0, length)
    if (text !== undefined) this.#cache.set(low, high, length, text)
    return text
  }
}

function clear(u8: Uint8Array, from: number, to: number): void {
  if (to - from > 64) u8.fill(0, from, to)
  else for (let i = from; i < to; i++) u8[i] = 0
}

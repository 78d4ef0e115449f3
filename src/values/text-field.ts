/** Encodes and decodes one string field: the part of reads and writes that is not the seqlock's. */
import { clearRest } from './blob-field.ts'
import { bytesOf, decodeUtf8, decodeWords, firstBytes, IS_NATIVE_FAST, NOT_ASCII } from './text-bytes.ts'
import { TextCache } from './text-cache.ts'
import { FieldDecoder } from './text-decoder.ts'
import { FieldEncoder, NO_TEXT } from './text-encoder.ts'

/** Longest text that is handled as two 32-bit words: packed, stored, and looked up in the cache. */
const WORDS_MAX_BYTES = 8
/** Longest text that is copied faster in a loop than natively. */
const LOOPED_MAX_BYTES = 256

/** The short texts of all fields. */
const cache = new TextCache()
/** A short text about to be decoded natively. */
const shortWords = new Int32Array(2)
const shortBytes = bytesOf(shortWords)

/**
 * Encodes and decodes the text of one field. `measure` is called before the write, and keeps the encoded text; `store` is
 * called within it. None of the caller's code runs in between, so nothing can replace the encoded text.
 */
export class TextField {
  // Declared without a value: compilers treat only what is assigned once as constant.
  declare readonly maxBytes: number
  /** Masks for the bytes of a short text's words that belong to the field. */
  declare private readonly lowMask: number
  declare private readonly highMask: number
  /** For longer texts. */
  declare private readonly decoder: FieldDecoder
  declare private readonly encoder: FieldEncoder
  /** The text last measured, as little-endian words, if it has at most {@link WORDS_MAX_BYTES}. */
  #low = 0
  #high = 0
  /** The short text last compared with, and its length. */
  #expected: unknown = ''
  #expectedLow = 0
  #expectedHigh = 0
  #expectedLength = 0

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
    this.lowMask = firstBytes(maxBytes)
    this.highMask = firstBytes(maxBytes - 4)
    this.decoder = new FieldDecoder(maxBytes)
    this.encoder = new FieldEncoder(maxBytes)
  }

  /** The length of `text` in UTF-8 bytes; negative if it is no string, too long, or has a lone surrogate. */
  measure(text: unknown): number {
    if (typeof text !== 'string') return NO_TEXT
    const { length } = text
    if (length > WORDS_MAX_BYTES) return this.encoder.encode(text)
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
    if (codes > 0x7f || length > this.maxBytes) return this.#measureWide(text)
    this.#low = low
    this.#high = high
    return length
  }

  /** As {@link measure}, for a text to compare with, which is usually the same as the last one. */
  expect(text: unknown): number {
    if (text !== this.#expected) {
      const length = this.measure(text)
      // Only short ones: V8 copies those, whereas a longer substring would keep the string that it is part of alive.
      if (length < 0 || length > WORDS_MAX_BYTES) return length
      this.#expected = text
      this.#expectedLow = this.#low
      this.#expectedHigh = this.#high
      this.#expectedLength = length
    }
    this.#low = this.#expectedLow
    this.#high = this.#expectedHigh
    return this.#expectedLength
  }

  /** Measures a short text that is not ASCII, or one of too many characters. */
  #measureWide(text: string): number {
    const length = this.encoder.encode(text)
    if (length <= WORDS_MAX_BYTES) {
      this.#low = (this.encoder.words[0] as number) & firstBytes(length)
      this.#high = (this.encoder.words[1] as number) & firstBytes(length - 4)
    }
    return length
  }

  /** Stores what was measured last, as `length` bytes, with the length prefix at word `prefix` of `i32`. Never throws. */
  store(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): void {
    if (length > WORDS_MAX_BYTES) {
      this.#storeLong(u8, i32, prefix, length)
      return
    }
    // Only whole words within the field: the bytes behind it belong to another field.
    if (this.maxBytes < WORDS_MAX_BYTES) {
      this.#storeInBytes(u8, i32, prefix, length)
      return
    }
    if (this.maxBytes > WORDS_MAX_BYTES) this.#clearBehind(u8, i32, prefix, WORDS_MAX_BYTES)
    i32[prefix] = length
    i32[prefix + 1] = this.#low
    i32[prefix + 2] = this.#high
  }

  #storeInBytes(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): void {
    this.#clearBehind(u8, i32, prefix, length)
    i32[prefix] = length
    const start = prefix * 4 + 4
    for (let i = 0; i < length; i++) u8[start + i] = (i < 4 ? this.#low : this.#high) >>> (8 * (i & 3))
  }

  #storeLong(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): void {
    const { words, bytes, start } = this.encoder
    const first = prefix + 1
    if (length > LOOPED_MAX_BYTES) u8.set(bytes.subarray(0, length), first * 4)
    else {
      let from = start
      const end = first + (length >>> 2)
      for (let i = first; i < end; i++) i32[i] = words[from++] as number
      from *= 4
      for (let i = end * 4; i < first * 4 + length; i++) u8[i] = bytes[from++] as number
    }
    this.#clearBehind(u8, i32, prefix, length)
    i32[prefix] = length
  }

  /** Zeroes what a longer text left behind a shorter one. */
  #clearBehind(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): void {
    const old = (i32[prefix] as number) >>> 0
    if (old > length) clearRest(u8, prefix * 4 + 4, length, old, this.maxBytes)
  }

  /**
   * Decodes the `length` bytes behind the prefix at word `prefix` of `i32`, which views the same memory as `u8`; undefined
   * if they are not UTF-8, or longer than the field. It runs within a read, on bytes that may be changing, and decodes
   * copies: its result is valid only once the read has proved consistent.
   */
  load(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): string | undefined {
    if (length > WORDS_MAX_BYTES) return this.decoder.load(u8, i32, prefix + 1, length)
    // The bytes behind the text are zeros; if they are not, the key is merely another one.
    const low = (i32[prefix + 1] as number) & this.lowMask
    const high = (i32[prefix + 2] as number) & this.highMask
    return cache.get(low, high, length) ?? this.#decodeShort(low, high, length)
  }

  /** Whether the `length` bytes behind the prefix are those measured last. Like `load`, on bytes that may be changing. */
  matches(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): boolean {
    if (length <= WORDS_MAX_BYTES) {
      const low = length === 0 ? 0 : (i32[prefix + 1] as number) & firstBytes(length)
      const high = length <= 4 ? 0 : (i32[prefix + 2] as number) & firstBytes(length - 4)
      return low === this.#low && high === this.#high
    }
    const { words, bytes, start } = this.encoder
    const whole = length >>> 2
    const first = prefix + 1
    for (let i = 0; i < whole; i++) if (i32[first + i] !== words[start + i]) return false
    for (let i = whole * 4; i < length; i++) if (u8[first * 4 + i] !== bytes[start * 4 + i]) return false
    return true
  }

  #decodeShort(low: number, high: number, length: number): string | undefined {
    if (length > this.maxBytes) return undefined
    const text =
      ((low | high) & NOT_ASCII) === 0 && !IS_NATIVE_FAST
        ? decodeWords(low, high, length)
        : decodeNatively(low, high, length)
    if (text !== undefined) cache.put(low, high, length, text)
    return text
  }
}

function decodeNatively(low: number, high: number, length: number): string | undefined {
  shortWords[0] = low
  shortWords[1] = high
  const isAscii = ((low | high) & NOT_ASCII) === 0
  return isAscii ? shortBytes.latin1Slice(0, length) : decodeUtf8(shortBytes, 0, length)
}

/** How one string field is encoded and decoded: the part of a read and a write that is not the seqlock's. */
import { TextCache } from './text-cache.ts'

/** Longest text that is handled as two 32-bit words: packed, stored, and looked up in the cache. */
const WORDS_MAX_BYTES = 8
/** Longest ASCII text that is made from character codes faster than by a native call. */
const CODES_MAX_BYTES = 16

/** What {@link TextField.measure} gives for a value that the field can't hold. */
const NO_TEXT = -1

/** The native methods of Buffer behind `toString` and `write`, without their argument checks. */
interface ByteStrings extends Uint8Array {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  utf8Write(text: string, offset: number): number
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Longest text, in words, that is copied faster in a loop than natively. */
const COPIED_MAX_WORDS = 64
const copiedWords = new Int32Array(COPIED_MAX_WORDS)
const copiedBytes = bytesOf(copiedWords)

/**
 * Encodes and decodes the text of one field. `measure` comes before the write and keeps the encoded text, `store` within
 * it: no code of a caller runs between the two, so nothing can take the encoded text's place.
 */
export class TextField {
  readonly maxBytes: number
  readonly #cache = new TextCache()
  /** The text last measured, as little-endian words, where it has at most {@link WORDS_MAX_BYTES}. */
  #low = 0
  #high = 0
  /** The text last measured, where it is longer; its words and its bytes. */
  #words = new Int32Array(16)
  #bytes = bytesOf(this.#words)

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** The length of `text` in UTF-8 bytes; negative where it is no string, too long, or has a lone surrogate. */
  measure(text: unknown): number {
    if (typeof text !== 'string') return NO_TEXT
    const { length } = text
    if (length > this.maxBytes) return NO_TEXT
    if (length > WORDS_MAX_BYTES) return this.#encode(text)
    let low = 0
    let high = 0
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code > 0x7f) return this.#encode(text)
      if (i < 4) low |= code << (8 * i)
      else high |= code << (8 * i - 32)
    }
    this.#low = low
    this.#high = high
    return length
  }

  #encode(text: string): number {
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
    const { maxBytes } = this
    const old = (i32[prefix] as number) >>> 0
    const end = old < maxBytes ? old : maxBytes
    const start = prefix * 4 + 4
    i32[prefix] = length
    // Whole words of the field only: the bytes behind it are another field's.
    if (length <= WORDS_MAX_BYTES && maxBytes >= WORDS_MAX_BYTES) {
      i32[prefix + 1] = this.#low
      i32[prefix + 2] = this.#high
      if (end > WORDS_MAX_BYTES) clear(u8, start + WORDS_MAX_BYTES, start + end)
      return
    }
    if (length > WORDS_MAX_BYTES) this.#storeWords(u8, i32, prefix + 1, length)
    else for (let i = 0; i < length; i++) u8[start + i] = (i < 4 ? this.#low : this.#high) >>> (8 * (i & 3))
    if (end > length) clear(u8, start + length, start + end)
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
   * Decodes the `length` bytes behind the prefix at word `prefix` of `i32`, which is the same memory as `u8`; undefined
   * where they are not UTF-8, or longer than the field. It runs within a read, on bytes that may be changing: what it
   * gives counts only once the read has proved consistent.
   */
  load(u8: Uint8Array, i32: Int32Array, prefix: number, length: number): string | undefined {
    if (length > this.maxBytes) return undefined
    if (length > WORDS_MAX_BYTES) return decodeLong(u8 as ByteStrings, i32, prefix + 1, length)
    // A text is made from these words alone, never from a second look at memory: an overwrite can't poison the cache.
    const low = length === 0 ? 0 : (i32[prefix + 1] as number) & firstBytes(length)
    const high = length <= 4 ? 0 : (i32[prefix + 2] as number) & firstBytes(length - 4)
    return this.#cache.get(low, high, length) ?? this.#decodeWords(low, high, length)
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
      ((low | high) & 0x80808080) === 0
        ? this.#bytes.latin1Slice(0, length)
        : decodeUtf8(this.#bytes, 0, length)
    if (text !== undefined) this.#cache.set(low, high, length, text)
    return text
  }
}

function bytesOf({ buffer }: Int32Array): ByteStrings {
  return Buffer.from(buffer as ArrayBuffer) as unknown as ByteStrings
}

/** Selects the first `count` bytes of a little-endian word. */
function firstBytes(count: number): number {
  if (count >= 4) return -1
  return count <= 0 ? 0 : (1 << (8 * count)) - 1
}

function clear(u8: Uint8Array, from: number, to: number): void {
  if (to - from > 64) u8.fill(0, from, to)
  else for (let i = from; i < to; i++) u8[i] = 0
}

function decodeLong(bytes: ByteStrings, i32: Int32Array, first: number, length: number): string | undefined {
  const start = first * 4
  const end = start + length
  const wholeEnd = first + (length >>> 2)
  let bits = 0
  for (let word = first; word < wholeEnd; word++) bits |= i32[word] as number
  for (let i = wholeEnd * 4; i < end; i++) bits |= bytes[i] as number
  if ((bits & 0x80808080) !== 0) return decodeCopied(bytes, i32, first, length)
  return length <= CODES_MAX_BYTES ? fromCodes(bytes, start, end) : bytes.latin1Slice(start, end)
}

function fromCodes(bytes: Uint8Array, start: number, end: number): string {
  let text = String.fromCharCode(
    bytes[start] as number,
    bytes[start + 1] as number,
    bytes[start + 2] as number,
    bytes[start + 3] as number,
    bytes[start + 4] as number,
    bytes[start + 5] as number,
    bytes[start + 6] as number,
    bytes[start + 7] as number,
  )
  for (let i = start + 8; i < end; i++) text += String.fromCharCode(bytes[i] as number)
  return text
}

/**
 * Native decoders look twice, once to measure and once to write, and would write past the end of the string where the
 * bytes change in between. So UTF-8 is decoded from a copy only; Latin-1 has nothing to measure.
 */
function decodeCopied(
  bytes: ByteStrings,
  i32: Int32Array,
  first: number,
  length: number,
): string | undefined {
  const wordCount = (length + 3) >>> 2
  if (wordCount > COPIED_MAX_WORDS) {
    const copy = Buffer.from(bytes.subarray(first * 4, first * 4 + length)) as unknown as ByteStrings
    return decodeUtf8(copy, 0, length)
  }
  for (let i = 0; i < wordCount; i++) copiedWords[i] = i32[first + i] as number
  return decodeUtf8(copiedBytes, 0, length)
}

/** Buffer replaces what is not UTF-8 by U+FFFD; where there is one, the strict decoder tells whether it was meant. */
function decodeUtf8(bytes: ByteStrings, start: number, end: number): string | undefined {
  const text = bytes.utf8Slice(start, end)
  if (!text.includes('\ufffd')) return text
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}

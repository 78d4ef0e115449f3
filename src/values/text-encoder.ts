/** Encodes texts of one field that are too long for two words, and keeps the last one. */
import { type ByteStrings, bytesOf, IS_NATIVE_FAST } from './text-bytes.ts'
import { NO_ROW, TextEncodings } from './text-encodings.ts'

/** Longest non-ASCII text that is encoded faster in a loop than natively. */
const LOOPED_MAX_LENGTH = 64

/** {@link FieldEncoder.encode} returns this for a text that the field can't hold. */
export const NO_TEXT = -1

export class FieldEncoder {
  declare private readonly maxBytes: number
  /** The text encoded last: its memory as words and as bytes, and the word that it starts at. */
  words: Int32Array = new Int32Array(16)
  bytes: ByteStrings = bytesOf(this.words)
  start = 0
  /** The encoder's own memory, which holds the text unless it is in the table. */
  #ownWords = this.words
  #ownBytes = this.bytes
  /** Made when the first text comes. */
  #encodings: TextEncodings | undefined
  /** Whether the last text was not ASCII, which V8 encodes slowly: the next one probably isn't either. */
  #isWide = false

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  /** The length of a text in bytes; negative if it is too long, or has a lone surrogate. */
  encode(text: string): number {
    if (text.length > this.maxBytes) return NO_TEXT
    if (this.words !== this.#ownWords) {
      this.words = this.#ownWords
      this.bytes = this.#ownBytes
      this.start = 0
    }
    // Three bytes for each UTF-16 unit always suffice, so the text is never cut short.
    if (this.bytes.length < text.length * 3) this.#makeRoom(text.length * 3)
    if (this.#isWide && text.length > 8 && text.length <= LOOPED_MAX_LENGTH) return this.#encodeWide(text)
    return this.#encodeNatively(text)
  }

  #makeRoom(sizeBytes: number): void {
    // Twice as much, so that texts that each are a little longer don't reallocate every time.
    this.words = new Int32Array(Math.ceil(sizeBytes / 2))
    this.bytes = bytesOf(this.words)
    this.#ownWords = this.words
    this.#ownBytes = this.bytes
  }

  #encodeNatively(text: string): number {
    const length = this.bytes.utf8Write(text, 0)
    if (length === text.length) {
      this.#isWide = false
      return length
    }
    this.#isWide = !IS_NATIVE_FAST
    return length > this.maxBytes || !text.isWellFormed() ? NO_TEXT : length
  }

  /** Encodes a text if the last one was not ASCII. */
  #encodeWide(text: string): number {
    this.#encodings ??= new TextEncodings(this.maxBytes)
    const encodings = this.#encodings
    if (!encodings.isWorthIt()) return this.#encodeInLoop(text)
    const row = encodings.find(text)
    if (row !== NO_ROW) {
      this.words = encodings.words
      this.bytes = encodings.bytes
      this.start = encodings.startOf(row)
      return encodings.lengthOf(row)
    }
    const length = this.#encodeInLoop(text)
    if (length > 0) encodings.keep(text, this.words, this.bytes, length)
    return length
  }

  #encodeInLoop(text: string): number {
    const length = encodeInLoop(text, this.bytes)
    if (length === NOT_LOOPED) return this.#encodeNatively(text)
    this.#isWide = length !== text.length
    return length > this.maxBytes ? NO_TEXT : length
  }
}

/** {@link encodeInLoop} returns this for a text that it does not handle. */
const NOT_LOOPED = -1

/** Encodes a text without surrogates, paired or not; returns its length in bytes. */
function encodeInLoop(text: string, bytes: Uint8Array): number {
  const { length } = text
  let end = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) bytes[end++] = code
    else if (code < 0x800) {
      bytes[end++] = 0xc0 | (code >> 6)
      bytes[end++] = 0x80 | (code & 0x3f)
    } else {
      if ((code & 0xf800) === 0xd800) return NOT_LOOPED
      bytes[end++] = 0xe0 | (code >> 12)
      bytes[end++] = 0x80 | ((code >> 6) & 0x3f)
      bytes[end++] = 0x80 | (code & 0x3f)
    }
  }
  return end
}

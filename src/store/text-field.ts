/** How one string field is encoded and decoded: the part of a read and a write that is not the seqlock's. */

/** What {@link TextField.measure} gives for a value that the field can't hold. */
const NO_TEXT = -1

/** Longest text that a plain loop copies faster than a native call that first has to make a subarray. */
const LOOP_MAX_BYTES = 48
/** Longest text that is looked up in the cache: its bytes are the key, as two 32-bit words. */
const CACHED_MAX_BYTES = 8
const CACHE_BITS = 8
const CACHE_SLOTS = 2 ** CACHE_BITS

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Encodes and decodes the text of one field. `measure` comes before the write, `store` within it; no code of a caller
 * runs between the two, so the scratch memory that carries multi-byte text from one to the other can't be taken over.
 */
export class TextField {
  readonly maxBytes: number
  private scratch: Buffer
  private readonly cachedLow = new Int32Array(CACHE_SLOTS)
  private readonly cachedHigh = new Int32Array(CACHE_SLOTS)
  private readonly cachedLength = new Uint8Array(CACHE_SLOTS)
  private readonly cachedText: string[] = new Array<string>(CACHE_SLOTS).fill('')

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
    this.scratch = Buffer.alloc(LOOP_MAX_BYTES)
  }

  /** The length of `text` in UTF-8 bytes; negative where it is no string, too long, or has a lone surrogate. */
  measure(text: unknown): number {
    if (typeof text !== 'string') return NO_TEXT
    const { length } = text
    if (length > this.maxBytes) return NO_TEXT
    for (let i = 0; i < length; i++) {
      if (text.charCodeAt(i) > 0x7f) return this.encode(text)
    }
    return length
  }

  private encode(text: string): number {
    if (!text.isWellFormed()) return NO_TEXT
    const scratch = this.scratchFor(Math.min(this.maxBytes, text.length * 3))
    const { read, written } = encoder.encodeInto(text, scratch.subarray(0, this.maxBytes))
    if (read < text.length) return NO_TEXT
    return written
  }

  /** Stores `text`, measured just before as `length` bytes, at byte `at`. Never throws. */
  store(u8: Uint8Array, at: number, text: string, length: number): void {
    if (length === text.length) {
      for (let i = 0; i < length; i++) u8[at + i] = text.charCodeAt(i)
    } else {
      const { scratch } = this
      if (length <= LOOP_MAX_BYTES) for (let i = 0; i < length; i++) u8[at + i] = scratch[i] as number
      else u8.set(scratch.subarray(0, length), at)
    }
  }

  /**
   * Decodes `length` bytes at word `word` of `i32`, which is the same memory as `u8`; undefined where they are not UTF-8,
   * or longer than the field. It runs within a read, on bytes that may be changing: what it gives counts only once the
   * read has proved consistent.
   */
  load(u8: Uint8Array, i32: Int32Array, word: number, length: number): string | undefined {
    if (length > this.maxBytes) return undefined
    return length <= CACHED_MAX_BYTES
      ? this.loadCached(i32, word, length)
      : this.loadLong(u8, word * 4, length)
  }

  /** A text is made from its key alone, never from a second look at memory: an overwrite can't poison the cache. */
  private loadCached(i32: Int32Array, word: number, length: number): string | undefined {
    const low = length === 0 ? 0 : (i32[word] as number) & firstBytes(length)
    const high = length <= 4 ? 0 : (i32[word + 1] as number) & firstBytes(length - 4)
    const slot = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b) >>> (32 - CACHE_BITS)
    if (
      this.cachedLow[slot] === low &&
      this.cachedHigh[slot] === high &&
      this.cachedLength[slot] === length
    ) {
      return this.cachedText[slot]
    }
    const text = this.decodeWords(low, high, length)
    if (text !== undefined) {
      this.cachedLow[slot] = low
      this.cachedHigh[slot] = high
      this.cachedLength[slot] = length
      this.cachedText[slot] = text
    }
    return text
  }

  private decodeWords(low: number, high: number, length: number): string | undefined {
    const { scratch } = this
    for (let i = 0; i < length; i++) scratch[i] = (i < 4 ? low : high) >>> (8 * (i & 3))
    return decodeBytes(scratch, length, ((low | high) & 0x80808080) === 0)
  }

  private loadLong(u8: Uint8Array, at: number, length: number): string | undefined {
    const scratch = this.scratchFor(length)
    if (length > LOOP_MAX_BYTES) {
      scratch.set(u8.subarray(at, at + length))
      return decodeBytes(scratch, length, false)
    }
    let bits = 0
    for (let i = 0; i < length; i++) {
      const byte = u8[at + i] as number
      scratch[i] = byte
      bits |= byte
    }
    return decodeBytes(scratch, length, bits < 0x80)
  }

  private scratchFor(bytes: number): Buffer {
    if (this.scratch.length < bytes) this.scratch = Buffer.alloc(2 * bytes)
    return this.scratch
  }
}

/** Selects the first 1 to 4 (or more: all) bytes of a little-endian word. */
function firstBytes(count: number): number {
  return count >= 4 ? -1 : (1 << (8 * count)) - 1
}

function decodeBytes(bytes: Buffer, length: number, isAscii: boolean): string | undefined {
  if (isAscii) return bytes.toString('latin1', 0, length)
  try {
    return decoder.decode(bytes.subarray(0, length))
  } catch {
    return undefined
  }
}

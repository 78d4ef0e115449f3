/** Conversions between strings and UTF-8 bytes, and the words that short texts are packed into. */

/** The native methods of Buffer behind `toString` and `write`, without their argument checks. */
export interface ByteStrings extends Uint8Array {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  utf8Write(text: string, offset: number): number
}

/** JavaScriptCore decodes and encodes fastest natively; V8 does so only for long texts. */
export const IS_NATIVE_FAST = 'bun' in process.versions

/** Selects the bits of a word that are 0 in every ASCII text. */
export const NOT_ASCII = 0x80808080

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A view of the same memory as bytes. */
export function bytesOf({ buffer }: Int32Array): ByteStrings {
  return Buffer.from(buffer as ArrayBuffer) as unknown as ByteStrings
}

/** Selects the first `count` bytes of a little-endian word. */
export function firstBytes(count: number): number {
  if (count >= 4) return -1
  return count <= 0 ? 0 : (1 << (8 * count)) - 1
}

/**
 * Decodes the `length` bytes from `start`; undefined if they are not UTF-8. Native decoders read the bytes twice, to
 * measure and to write, and would write past the end of the string if the bytes changed in between: so they must be in
 * private memory.
 */
export function decodeUtf8(bytes: ByteStrings, start: number, length: number): string | undefined {
  const end = start + length
  const text = bytes.utf8Slice(start, end)
  // Buffer replaces invalid UTF-8 by U+FFFD. If there is one, the strict decoder tells whether it was in the text.
  if (!text.includes('\ufffd')) return text
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}

const { fromCharCode } = String

/** Decodes up to 8 ASCII bytes in two words. V8 makes a string from a constant number of codes in a few nanoseconds. */
export function decodeWords(low: number, high: number, length: number): string {
  const a = low & 0x7f
  const b = (low >>> 8) & 0x7f
  const c = (low >>> 16) & 0x7f
  const d = low >>> 24
  const e = high & 0x7f
  const f = (high >>> 8) & 0x7f
  const g = (high >>> 16) & 0x7f
  switch (length) {
    case 0:
      return ''
    case 1:
      return fromCharCode(a)
    case 2:
      return fromCharCode(a, b)
    case 3:
      return fromCharCode(a, b, c)
    case 4:
      return fromCharCode(a, b, c, d)
    case 5:
      return fromCharCode(a, b, c, d, e)
    case 6:
      return fromCharCode(a, b, c, d, e, f)
    case 7:
      return fromCharCode(a, b, c, d, e, f, g)
    default:
      return fromCharCode(a, b, c, d, e, f, g, high >>> 24)
  }
}

/** The longest ASCII text that V8 makes from codes faster than natively. */
const CODES_MAX_BYTES = 24

/** The same, of at least 9 ASCII bytes from `start`. */
export function decodeAscii(b: ByteStrings, start: number, length: number): string {
  if (IS_NATIVE_FAST || length > CODES_MAX_BYTES) return b.latin1Slice(start, start + length)
  return decodeCodes(b as unknown as readonly number[], start, length)
}

// biome-ignore format: a line for each length shows that they are alike
function decodeCodes(b: readonly number[], s: number, length: number): string {
  const code = fromCharCode as (...codes: (number | undefined)[]) => string
  switch (length) {
    case 9: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8])
    case 10: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9])
    case 11: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10])
    case 12: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11])
    case 13: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12])
    case 14: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13])
    case 15: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14])
    case 16: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15])
    case 17: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15], b[s + 16])
    case 18: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15], b[s + 16], b[s + 17])
    case 19: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15], b[s + 16], b[s + 17], b[s + 18])
    case 20: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15], b[s + 16], b[s + 17], b[s + 18], b[s + 19])
    case 21: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15], b[s + 16], b[s + 17], b[s + 18], b[s + 19], b[s + 20])
    case 22: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15], b[s + 16], b[s + 17], b[s + 18], b[s + 19], b[s + 20], b[s + 21])
    case 23: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15], b[s + 16], b[s + 17], b[s + 18], b[s + 19], b[s + 20], b[s + 21], b[s + 22])
    default: return code(b[s], b[s + 1], b[s + 2], b[s + 3], b[s + 4], b[s + 5], b[s + 6], b[s + 7], b[s + 8], b[s + 9], b[s + 10], b[s + 11], b[s + 12], b[s + 13], b[s + 14], b[s + 15], b[s + 16], b[s + 17], b[s + 18], b[s + 19], b[s + 20], b[s + 21], b[s + 22], b[s + 23])
  }
}

/** Text and bytes: the native ways between the two, and the words that short texts are handled as. */

/** The native methods of Buffer behind `toString` and `write`, without their argument checks. */
export interface ByteStrings extends Uint8Array {
  latin1Slice(start: number, end: number): string
  utf8Slice(start: number, end: number): string
  utf8Write(text: string, offset: number): number
}

/** Longest ASCII text that is made from character codes faster than by a native call. */
const CODES_MAX_BYTES = 16

/** The bits that no byte of an ASCII text has, in a word. */
export const NOT_ASCII = 0x80808080

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The bytes of the same memory. */
export function bytesOf({ buffer }: Int32Array): ByteStrings {
  return Buffer.from(buffer as ArrayBuffer) as unknown as ByteStrings
}

/** Selects the first `count` bytes of a little-endian word. */
export function firstBytes(count: number): number {
  if (count >= 4) return -1
  return count <= 0 ? 0 : (1 << (8 * count)) - 1
}

/** At least 8 ASCII bytes. They may be changing: there is nothing to measure, so nothing is written past its end. */
export function decodeAscii(bytes: ByteStrings, start: number, end: number): string {
  return end - start <= CODES_MAX_BYTES ? fromCodes(bytes, start, end) : bytes.latin1Slice(start, end)
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
 * Undefined where the bytes are not UTF-8. Native decoders look twice, once to measure and once to write, and would write
 * past the end of the string where the bytes change in between: they must be of private memory.
 */
export function decodeUtf8(bytes: ByteStrings, start: number, end: number): string | undefined {
  const text = bytes.utf8Slice(start, end)
  // Buffer replaces what is not UTF-8 by U+FFFD; where there is one, the strict decoder tells whether it was meant.
  if (!text.includes('\ufffd')) return text
  try {
    return decoder.decode(bytes.subarray(start, end))
  } catch {
    return undefined
  }
}

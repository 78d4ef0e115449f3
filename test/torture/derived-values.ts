/**
 * Field values that are derived from one generation number, and that can be told from a mixture of two: by comparison
 * where the generation is known, by themselves where a single field is read.
 */

/** A prime, so that generations that follow each other in steps of any size take all of them in turn. */
const TABLE_SIZE = 4093
const SPREAD = 2 ** 32
const LETTERS = [...'äéßж§λпш世界語한🚀😀🎯🧵']

/** At most 8 bytes, the halves equal: the texts that readers decode from two words, by way of the cache. */
const SHORT_TEXTS = table((k) =>
  k
    .toString(36)
    .padStart(k % 5, '0')
    .repeat(2),
)
/** Up to 60 bytes of characters of 2, 3 and 4 bytes: shorter and longer than what is copied in a loop. */
const LONG_TEXTS = table((k) => {
  const digits = [k >> 8, (k >> 4) & 15, k & 15]
  return digits
    .map((digit) => LETTERS[digit])
    .join('')
    .repeat(1 + (k % 5))
})
/** Up to 20 bytes of ASCII: too long for the cache. */
const NOTES = table((k) => `${k};`.repeat(1 + (k % 4)))
const BLOBS = table((k) => Uint8Array.from({ length: blobLength(k & 255) }, (_, i) => (k + 31 * i) & 255))

const SHORT_TEXT_SET = new Set(SHORT_TEXTS)
const LONG_TEXT_SET = new Set(LONG_TEXTS)
const NOTE_SET = new Set(NOTES)

function table<T>(make: (k: number) => T): readonly T[] {
  return Array.from({ length: TABLE_SIZE }, (_, k) => make(k))
}

function blobLength(firstByte: number): number {
  return 1 + (firstByte % 48)
}

const pick = <T>(values: readonly T[], generation: number): T => values[generation % TABLE_SIZE] as T

export const shortText = (generation: number): string => pick(SHORT_TEXTS, generation)
export const longText = (generation: number): string => pick(LONG_TEXTS, generation)
export const note = (generation: number): string => pick(NOTES, generation)
export const blob = (generation: number): Uint8Array => pick(BLOBS, generation)

export const isShortText = (text: string): boolean => SHORT_TEXT_SET.has(text)
export const isLongText = (text: string): boolean => LONG_TEXT_SET.has(text)
export const isNote = (text: string): boolean => NOTE_SET.has(text)

export function isBlob(bytes: Uint8Array): boolean {
  const first = bytes[0]
  return (
    first !== undefined &&
    bytes.length === blobLength(first) &&
    bytes.every((byte, i) => byte === ((first + 31 * i) & 255))
  )
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** A safe integer whose 32-bit halves repeat each other: one of another generation shows. */
export function halves(generation: number): number {
  return (generation % 2 ** 20) * SPREAD + (generation % SPREAD)
}

export function isHalves(value: number): boolean {
  return value > 0 && Math.floor(value / SPREAD) === (value % SPREAD) % 2 ** 20
}

/** All 64 bits, the upper 32 the complement of the lower. */
export function wideHalves(generation: number): bigint {
  const low = generation % SPREAD
  return (BigInt(~low >>> 0) << 32n) | BigInt(low)
}

export function isWideHalves(value: bigint): boolean {
  const low = Number(value & 0xffff_ffffn)
  return Number((value >> 32n) & 0xffff_ffffn) === ~low >>> 0
}

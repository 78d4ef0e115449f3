/** Copying byte fields in and out, whatever kind of Uint8Array a caller hands in. */

/** {@link measureBlob} returns this for a value that is no Uint8Array. */
export const NOT_BYTES = -1

// The intrinsic getters read internal slots: a subclass that overrides `length` can neither make a
// write overrun its field, nor run code in the middle of it.
const typedArrayPrototype = Object.getPrototypeOf(Uint8Array.prototype) as object
const intrinsicLength = intrinsicGetter(typedArrayPrototype, 'length')
const intrinsicBuffer = intrinsicGetter(typedArrayPrototype, 'buffer')
const intrinsicTag = intrinsicGetter(typedArrayPrototype, Symbol.toStringTag)
const intrinsicBufferLength = intrinsicGetter(ArrayBuffer.prototype, 'byteLength')

function intrinsicGetter(prototype: object, key: PropertyKey): (value: unknown) => unknown {
  const getter = Object.getOwnPropertyDescriptor(prototype, key)?.get as (this: unknown) => unknown
  return (value) => getter.call(value)
}

/** Whether a buffer is a SharedArrayBuffer of any realm: the length getter of ArrayBuffer throws for one. */
function isShared(buffer: unknown): boolean {
  try {
    intrinsicBufferLength(buffer)
    return false
  } catch {
    return true
  }
}

/** {@link measureBlob} returns this for bytes that are too long. */
const TOO_LONG = -2

/** The length of a Uint8Array in bytes; negative for any other value, and for more than `maxBytes`. */
export function measureBlob(value: unknown, maxBytes: number): number {
  if (intrinsicTag(value) !== 'Uint8Array') return NOT_BYTES
  const length = intrinsicLength(value) as number
  return length <= maxBytes ? length : TOO_LONG
}

/**
 * Stores the first `length` bytes of `value` at byte `at`. Never throws, and never stores more: shared memory could grow
 * in another thread after it was measured, so it is copied byte by byte.
 */
export function storeBlob(u8: Uint8Array, at: number, value: Uint8Array, length: number): void {
  if (length <= 32 || isShared(intrinsicBuffer(value))) {
    for (let i = 0; i < length; i++) u8[at + i] = value[i] as number
  } else {
    u8.set(value, at)
  }
}

/** Copies `length` bytes at byte `at`; undefined if the field can't hold so many. */
export function loadBlob(
  u8: Uint8Array,
  at: number,
  length: number,
  maxBytes: number,
): Uint8Array | undefined {
  if (length > maxBytes) return undefined
  const copy = new Uint8Array(length)
  if (length <= 32) for (let i = 0; i < length; i++) copy[i] = u8[at + i] as number
  else copy.set(u8.subarray(at, at + length))
  return copy
}

/** Zeroes what a longer value left behind a shorter one: the format keeps the rest of a field zeroed. */
export function clearRest(
  u8: Uint8Array,
  at: number,
  from: number,
  oldLength: number,
  maxBytes: number,
): void {
  const end = oldLength < maxBytes ? oldLength : maxBytes
  if (end - from > 64) u8.fill(0, at + from, at + end)
  else for (let i = from; i < end; i++) u8[at + i] = 0
}

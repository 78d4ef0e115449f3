/** What is left of a region after `close()`. */
import { MmapForgeError } from '../errors.ts'

/** Bytes kept for the fence word in a buffer that has no data: a whole element of any typed array. */
const EMPTY_BYTES = 8

/** A buffer without data; the fence word is at offset 0. It keeps no memory of the region alive. */
export function emptyBuffer(): ArrayBuffer {
  return new ArrayBuffer(EMPTY_BYTES)
}

/** The error for any use of a region after it was closed. */
export function closedError(path: string): MmapForgeError {
  return new MmapForgeError('ERR_CLOSED', 'the store is closed; open it again to use it', { path })
}

/**
 * `<path>.wake`: one page that waiters and writers of a store share. A waiter says in it what it waits for; a writer
 * that has done so takes that away again, and wakes the waiters by a write to the file. The words are 32-bit,
 * little-endian, each on a cache line of its own, so that a writer's look at one costs nothing.
 */

const MAGIC = new TextEncoder().encode('MMFW')
const VERSION = 1

export const WAKE_SUFFIX = '.wake'
/** The size of the file: a page, allocated when it is made, so that a full disk is no fault of a later store. */
export const WAKE_SIZE_BYTES = 4096

const CACHE_LINE_BYTES = 64
const MAGIC_OFFSET_BYTES = 0
const VERSION_OFFSET_BYTES = MAGIC_OFFSET_BYTES + 4
/** The least length of the store that somebody waits for; 0 where nobody does. */
const WANTED_LENGTH_OFFSET_BYTES = CACHE_LINE_BYTES
/** 1 where somebody waits for records to change, otherwise 0. */
const CHANGES_OFFSET_BYTES = WANTED_LENGTH_OFFSET_BYTES + CACHE_LINE_BYTES
/** The byte that is written to wake: its value means nothing. */
export const WAKE_BYTE_OFFSET_BYTES = CHANGES_OFFSET_BYTES + CACHE_LINE_BYTES

const WORD_BYTES = 4
/** Indices of the words in an Int32Array over the file. */
export const WANTED_LENGTH_WORD = WANTED_LENGTH_OFFSET_BYTES / WORD_BYTES
export const CHANGES_WORD = CHANGES_OFFSET_BYTES / WORD_BYTES

/** The content of a new file: nobody waits. */
export function encodeWake(): Uint8Array {
  const bytes = new Uint8Array(WAKE_SIZE_BYTES)
  bytes.set(MAGIC, MAGIC_OFFSET_BYTES)
  new DataView(bytes.buffer).setUint32(VERSION_OFFSET_BYTES, VERSION, true)
  return bytes
}

/** Whether the first bytes of a file are those of a wake file that this release understands. */
export function isWake(bytes: Uint8Array): boolean {
  return encodeWake()
    .subarray(0, WANTED_LENGTH_OFFSET_BYTES)
    .every((byte, i) => bytes[i] === byte)
}

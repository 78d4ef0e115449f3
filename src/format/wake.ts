/**
 * `<path>.wake`: one page that the waiters and writers of a store share. A waiter stores in it what it waits for. A writer
 * that has brought that about clears it, and wakes the waiters by a write to the file. The words are 32-bit, little-endian,
 * each on a cache line of its own, so that looking at one costs a writer next to nothing.
 */
import { isBegunWith } from './magic.ts'
import { WORD_BYTES } from './words.ts'

const MAGIC = new TextEncoder().encode('MMFW')
const VERSION = 1

export const WAKE_SUFFIX = '.wake'
/** A wake file, of whichever version. */
export const WAKE_FILE = {
  what: 'the wake file',
  isOurs: (head: Uint8Array): boolean => isBegunWith(MAGIC, head),
}
/**
 * The size of the file: one page. It is allocated when the file is made, so that no later store can fault on a full
 * disk.
 */
export const WAKE_SIZE_BYTES = 4096

const CACHE_LINE_BYTES = 64
const MAGIC_OFFSET_BYTES = 0
const VERSION_OFFSET_BYTES = MAGIC_OFFSET_BYTES + 4
/** The smallest length of the store that any waiter waits for; 0 if none does. */
const WANTED_LENGTH_OFFSET_BYTES = CACHE_LINE_BYTES
/** 1 if any waiter waits for records to change, otherwise 0. */
const CHANGES_OFFSET_BYTES = WANTED_LENGTH_OFFSET_BYTES + CACHE_LINE_BYTES
/** The wake byte: a writer writes it to wake the waiters. Its value means nothing. */
export const WAKE_BYTE_OFFSET_BYTES = CHANGES_OFFSET_BYTES + CACHE_LINE_BYTES

/** 1 if the file has lost its name: whoever has it open opens the one that has the name now. Otherwise 0. */
const RETIRED_OFFSET_BYTES = WAKE_BYTE_OFFSET_BYTES + CACHE_LINE_BYTES

/** Indices of the words in an Int32Array over the file. */
export const WANTED_LENGTH_WORD = WANTED_LENGTH_OFFSET_BYTES / WORD_BYTES
export const CHANGES_WORD = CHANGES_OFFSET_BYTES / WORD_BYTES
export const RETIRED_WORD = RETIRED_OFFSET_BYTES / WORD_BYTES

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

/**
 * `<path>.journal`: what survivors need to know of a store's writers. A header says which file it belongs to, a word
 * says who is appending, and each writer has a slot that names the record it is writing and keeps an image of what
 * that record held before. Little-endian, like the store; each offset is computed from the one before it.
 */
import { alignUp } from '../align.ts'
import { MmapForgeError } from '../errors.ts'
import { SCHEMA_HASH_BYTES } from '../schema/hash.ts'
import { COUNTER_SIZE_BYTES } from '../schema/layout.ts'
import { isBegunWith } from './magic.ts'

export const JOURNAL_SUFFIX = '.journal'
const JOURNAL_VERSION = 1
const MAGIC = new TextEncoder().encode('MMFJ')

/** A journal, of whichever store. */
export const JOURNAL_FILE = {
  what: 'the journal',
  isOurs: (head: Uint8Array): boolean => isBegunWith(MAGIC, head),
}

const VERSION_OFFSET_BYTES = 4
const DEVICE_OFFSET_BYTES = VERSION_OFFSET_BYTES + 4
const INODE_OFFSET_BYTES = DEVICE_OFFSET_BYTES + 8
const HASH_OFFSET_BYTES = INODE_OFFSET_BYTES + 8
const RECORD_SIZE_OFFSET_BYTES = HASH_OFFSET_BYTES + SCHEMA_HASH_BYTES
const ID_OFFSET_BYTES = RECORD_SIZE_OFFSET_BYTES + 4
/** The header is padded to a cache line, so that it shares none with words that are written all the time. */
const LINE_BYTES = 64
const JOURNAL_HEADER_BYTES = alignUp(ID_OFFSET_BYTES + 4, LINE_BYTES)

/** The u32 that says which writer appends: one more than its slot, or 0 if none does. */
export const APPENDER_OFFSET_BYTES = JOURNAL_HEADER_BYTES
const SLOTS_OFFSET_BYTES = APPENDER_OFFSET_BYTES + LINE_BYTES

/** Offsets within a slot. `HAS_IMAGE` in the first word says that the image is whole. */
export const IMAGE_STATE_OFFSET_BYTES = 0
export const INDEX_OFFSET_BYTES = IMAGE_STATE_OFFSET_BYTES + 4
/** The odd counter that the named record has while it is written, in two halves. An even one: the slot names nothing. */
export const COUNTER_LOW_OFFSET_BYTES = INDEX_OFFSET_BYTES + 4
export const COUNTER_HIGH_OFFSET_BYTES = COUNTER_LOW_OFFSET_BYTES + 4
/**
 * Which part of the record the image shows: its first 32-bit word, counted from the start of the record, and the
 * number of words.
 */
export const PART_START_OFFSET_BYTES = COUNTER_HIGH_OFFSET_BYTES + 4
export const PART_LENGTH_OFFSET_BYTES = PART_START_OFFSET_BYTES + 4
/** The image; there is room for the whole record without its counter. */
export const IMAGE_OFFSET_BYTES = PART_LENGTH_OFFSET_BYTES + 4

/** The image of a record of at most this many 32-bit words, its counter aside, is always of the whole record. */
export const WHOLE_IMAGE_MAX_WORDS = 14

export const NO_IMAGE = 0
/** No image either, but the writer has taken the record. Only the writer itself uses this; survivors try its lock. */
export const TAKEN = 1
/** Not a small number, so that a damaged file is unlikely to hold it by chance. */
export const HAS_IMAGE = 0x494d4731

export function slotSizeBytes(recordSizeBytes: number): number {
  return alignUp(IMAGE_OFFSET_BYTES + recordSizeBytes - COUNTER_SIZE_BYTES, LINE_BYTES)
}

export function slotOffsetBytes(slot: number, recordSizeBytes: number): number {
  return SLOTS_OFFSET_BYTES + slot * slotSizeBytes(recordSizeBytes)
}

/** How many slots a journal of this size has. */
export function slotCountOf(sizeBytes: number, recordSizeBytes: number): number {
  return Math.max(0, Math.floor((sizeBytes - SLOTS_OFFSET_BYTES) / slotSizeBytes(recordSizeBytes)))
}

/** The store that a journal belongs to. A copy of a store is another store: the images are not of the copy's records. */
export interface JournalOwner {
  readonly device: bigint
  readonly inode: bigint
  readonly schemaHash: Uint8Array
  readonly recordSizeBytes: number
}

/** @param id differs from that of any other journal that the store has or had; below 2^32 */
export function encodeJournalHeader(owner: JournalOwner, id: number): Uint8Array {
  const bytes = new Uint8Array(SLOTS_OFFSET_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC)
  view.setUint32(VERSION_OFFSET_BYTES, JOURNAL_VERSION, true)
  view.setBigUint64(DEVICE_OFFSET_BYTES, BigInt.asUintN(64, owner.device), true)
  view.setBigUint64(INODE_OFFSET_BYTES, BigInt.asUintN(64, owner.inode), true)
  bytes.set(owner.schemaHash, HASH_OFFSET_BYTES)
  view.setUint32(RECORD_SIZE_OFFSET_BYTES, owner.recordSizeBytes, true)
  view.setUint32(ID_OFFSET_BYTES, id, true)
  return bytes
}

/** The id in the header of a journal. */
export function journalIdIn(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(ID_OFFSET_BYTES, true)
}

/**
 * Whether bytes are the beginning of this store's journal; anything else is of no use to the store.
 *
 * @throws {MmapForgeError} `ERR_UNSUPPORTED_VERSION` for the journal of another release, which may hold the images of
 *   half-done writes
 */
export function isJournalOf(bytes: Uint8Array, owner: JournalOwner, path: string): boolean {
  if (bytes.length < SLOTS_OFFSET_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte)) return false
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(VERSION_OFFSET_BYTES, true)
  if (version !== JOURNAL_VERSION) {
    throw new MmapForgeError(
      'ERR_UNSUPPORTED_VERSION',
      `the journal has version ${version}, this release reads ${JOURNAL_VERSION}; upgrade mmapforge, or delete it and ` +
        'lose what it would undo',
      { path },
    )
  }
  const expected = encodeJournalHeader(owner, journalIdIn(bytes)).subarray(0, JOURNAL_HEADER_BYTES)
  return expected.every((byte, i) => bytes[i] === byte)
}

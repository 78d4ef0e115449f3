/** The 64-byte file header of format v1, little-endian; each offset is computed from the one before it. */
import { MmapForgeError } from '../errors.ts'
import { SCHEMA_HASH_BYTES } from '../schema/hash.ts'
import { isBegunWith } from './magic.ts'

export const FORMAT_VERSION = 1
const MAGIC = new TextEncoder().encode('MMFG')

const MAGIC_OFFSET_BYTES = 0
const FORMAT_VERSION_OFFSET_BYTES = MAGIC_OFFSET_BYTES + 4
const HASH_OFFSET_BYTES = FORMAT_VERSION_OFFSET_BYTES + 4
const SCHEMA_VERSION_OFFSET_BYTES = HASH_OFFSET_BYTES + SCHEMA_HASH_BYTES
const RECORD_SIZE_OFFSET_BYTES = SCHEMA_VERSION_OFFSET_BYTES + 4
/** The u64 count of records, live: every append stores it here. */
export const COUNT_OFFSET_BYTES = RECORD_SIZE_OFFSET_BYTES + 4
/** The u64 capacity in records; a hint only, since other writers leave it stale. */
export const CAPACITY_OFFSET_BYTES = COUNT_OFFSET_BYTES + 8
export const HEADER_SIZE_BYTES = CAPACITY_OFFSET_BYTES + 8
/** The format counts records in 64 bits; this release allows fewer, because it checks indices with 32-bit arithmetic. */
export const MAX_RECORD_COUNT = 2 ** 32 - 1

/** A store that is being made under a temporary name. */
export const NEW_STORE = {
  what: 'the file that a new store is made in',
  isOurs: (head: Uint8Array): boolean => isBegunWith(MAGIC, head),
}

export interface Header {
  readonly schemaHash: Uint8Array
  readonly schemaVersion: number
  readonly recordSizeBytes: number
  readonly recordCount: bigint
  readonly capacityCount: bigint
}

export function encodeHeader(header: Header): Uint8Array {
  const bytes = new Uint8Array(HEADER_SIZE_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(MAGIC, MAGIC_OFFSET_BYTES)
  view.setUint32(FORMAT_VERSION_OFFSET_BYTES, FORMAT_VERSION, true)
  bytes.set(header.schemaHash, HASH_OFFSET_BYTES)
  view.setUint32(SCHEMA_VERSION_OFFSET_BYTES, header.schemaVersion, true)
  view.setUint32(RECORD_SIZE_OFFSET_BYTES, header.recordSizeBytes, true)
  view.setBigUint64(COUNT_OFFSET_BYTES, header.recordCount, true)
  view.setBigUint64(CAPACITY_OFFSET_BYTES, header.capacityCount, true)
  return bytes
}

/**
 * Whether the first bytes of a file may be those of a store that is being created: none yet, or zeros, or the beginning of a
 * header. This package makes a file appear whole, but the Go project fills one that already has its name. The record size
 * is the last part of the header that never changes again.
 */
export function isHeaderUnfinished(bytes: Uint8Array): boolean {
  const magic = bytes.subarray(MAGIC_OFFSET_BYTES, MAGIC_OFFSET_BYTES + MAGIC.length)
  const isOurs = magic.every((byte, i) => byte === MAGIC[i]) || bytes.every((byte) => byte === 0)
  return isOurs && bytes.subarray(RECORD_SIZE_OFFSET_BYTES, COUNT_OFFSET_BYTES).every((byte) => byte === 0)
}

/**
 * Reads a header and checks what can be checked by itself. The caller checks whether it fits the schema and the file.
 *
 * @throws {MmapForgeError} `ERR_CORRUPTED` for fewer than 64 bytes, `ERR_BAD_MAGIC`, `ERR_UNSUPPORTED_VERSION`.
 */
export function decodeHeader(bytes: Uint8Array, path: string): Header {
  if (bytes.byteLength < HEADER_SIZE_BYTES) {
    throw new MmapForgeError(
      'ERR_CORRUPTED',
      `the file holds ${bytes.byteLength} bytes, less than the ${HEADER_SIZE_BYTES} of a header; it was cut short or ` +
        'never was a store; restore it, or delete it and create it anew',
      { path },
    )
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_SIZE_BYTES)
  const magic = bytes.subarray(MAGIC_OFFSET_BYTES, MAGIC_OFFSET_BYTES + MAGIC.length)
  if (magic.some((byte, i) => byte !== MAGIC[i])) {
    const found = Array.from(magic, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    throw new MmapForgeError(
      'ERR_BAD_MAGIC',
      `the file starts with ${found}, not with "MMFG": it is not an mmapforge file; check the path`,
      { path },
    )
  }
  const formatVersion = view.getUint32(FORMAT_VERSION_OFFSET_BYTES, true)
  if (formatVersion !== FORMAT_VERSION) {
    throw new MmapForgeError(
      'ERR_UNSUPPORTED_VERSION',
      `the file has format version ${formatVersion}; this release reads version ${FORMAT_VERSION}; upgrade mmapforge`,
      { path },
    )
  }
  return {
    schemaHash: bytes.slice(HASH_OFFSET_BYTES, HASH_OFFSET_BYTES + SCHEMA_HASH_BYTES),
    schemaVersion: view.getUint32(SCHEMA_VERSION_OFFSET_BYTES, true),
    recordSizeBytes: view.getUint32(RECORD_SIZE_OFFSET_BYTES, true),
    recordCount: view.getBigUint64(COUNT_OFFSET_BYTES, true),
    capacityCount: view.getBigUint64(CAPACITY_OFFSET_BYTES, true),
  }
}

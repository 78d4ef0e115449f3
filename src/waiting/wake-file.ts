/** `<path>.wake`, opened: the words that waiters and writers share, and the write that wakes waiters. */
import { closeSync, writeSync } from 'node:fs'
import {
  encodeWake,
  isWake,
  WAKE_BYTE_OFFSET_BYTES,
  WAKE_FILE,
  WAKE_SIZE_BYTES,
  WAKE_SUFFIX,
} from '../format/wake.ts'
import { WORD_BYTES } from '../format/words.ts'
import { makeFile, O_RDWR, readStart } from '../os/files.ts'
import { NamedFile } from '../os/named-file.ts'
import { OWNER_ONLY, permissionsOf } from '../os/permissions.ts'
import { assertSidecar, isForeign, openSidecar, openSidecarIfThere } from '../os/sidecars.ts'
import { isSystemError } from '../os/system-error.ts'
import { MappedRegion } from '../region/mapped-region.ts'

const WAKE_BYTE = new Uint8Array(1)

export interface WakeFile {
  readonly named: NamedFile
  readonly words: Int32Array
  /** Index of a private word in `words`, always 0: see the seqlock. */
  readonly fence: number
  /** Makes the system notify everyone who watches the file. */
  wake(): void
  close(): void
}

/**
 * Refuses what is no wake file in the place of one, before anything is changed.
 *
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`, `ERR_BAD_MAGIC`
 */
export function assertWakeFile(storePath: string): void {
  try {
    assertSidecar(storePath + WAKE_SUFFIX, WAKE_FILE)
  } catch (error) {
    // Where it can't be told, the file can't be used either, and waiters poll.
    if (isForeign(error)) throw error
  }
}

/**
 * Opens the file, or creates it if it is missing.
 *
 * @returns undefined if that fails, because the folder is not writable, the disk is full, or something else is in its
 *   place: waiters then poll, and nothing else is lost
 */
export function openWakeFile(storePath: string): WakeFile | undefined {
  try {
    const path = storePath + WAKE_SUFFIX
    return mapWakeFile(openFile(storePath, path), path)
  } catch {
    return undefined
  }
}

function openFile(storePath: string, path: string): number {
  const found = openSidecarIfThere(path, O_RDWR, WAKE_FILE)
  if (found !== undefined) return found
  try {
    return makeFile(path, permissionsOf(storePath) ?? OWNER_ONLY)
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error
    return openSidecar(path, O_RDWR, WAKE_FILE)
  }
}

function mapWakeFile(fd: number, path: string): WakeFile | undefined {
  if (!isReady(fd)) {
    closeSync(fd)
    return undefined
  }
  // From here on the region owns the descriptor.
  const region = new MappedRegion(fd, path, { readOnly: false, reserveBytes: WAKE_SIZE_BYTES })
  return {
    named: new NamedFile(fd, path),
    words: new Int32Array(region.buffer),
    fence: region.fenceOffsetBytes / WORD_BYTES,
    wake: () => void writeSync(fd, WAKE_BYTE, 0, 1, WAKE_BYTE_OFFSET_BYTES),
    close: () => region.close(),
  }
}

/**
 * Whether it is a wake file. An empty one is new, and is filled here, by everyone who finds it empty; so is one of which a
 * loss of power has left zeros.
 */
function isReady(fd: number): boolean {
  try {
    const bytes = readStart(fd, WAKE_SIZE_BYTES)
    if (bytes.every((byte) => byte === 0))
      return writeSync(fd, encodeWake(), 0, WAKE_SIZE_BYTES, 0) === WAKE_SIZE_BYTES
    return bytes.length === WAKE_SIZE_BYTES && isWake(bytes)
  } catch {
    return false
  }
}

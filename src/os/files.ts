/** Files by their names: opened without waiting, placed whole, and compared. */
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { MmapForgeError } from '../errors.ts'
import { undoing } from './undo.ts'

export const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants

/**
 * Ends the names of files that are being made. They are fixed, because files are made under the writer lock: what
 * stands there was left by a writer that died, and goes.
 */
export const TEMPORARY_SUFFIX = '.creating'

/**
 * Opens a regular file.
 *
 * @param flags of open(2)
 * @param refusal says of anything else what it is not, and what to do
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`; what `node:fs` throws, for a folder `EISDIR`
 */
export function openRegularFile(path: string, flags: number, refusal: string): number {
  // O_NONBLOCK means nothing for a regular file; opening a FIFO without it would wait for a peer for ever.
  const fd = openSync(path, flags | constants.O_NONBLOCK)
  return undoing((undo) => {
    undo.push(() => closeSync(fd))
    const stat = fstatSync(fd)
    if (stat.isDirectory()) readSync(fd, new Uint8Array(1)) // throws EISDIR, as the runtime words it
    if (!stat.isFile()) throw new MmapForgeError('ERR_TYPE_MISMATCH', refusal, { path })
    return fd
  })
}

/**
 * Makes a file with this content in place of any other: whoever opens the name finds the old file or the new one, whole.
 *
 * @param durable whether the content has to be on stable storage before the name is given
 * @returns the file, open for reading and writing
 */
export function placeFile(path: string, content: Uint8Array, durable: boolean): number {
  const temporary = path + TEMPORARY_SUFFIX
  rmSync(temporary, { force: true })
  return undoing((undo) => {
    const fd = openSync(temporary, 'wx+')
    undo.push(() => rmSync(temporary, { force: true }))
    undo.push(() => closeSync(fd))
    writeWhole(fd, content)
    if (durable) fsyncSync(fd)
    renameSync(temporary, path)
    return fd
  })
}

/** Writes all of it at the start of a file: write(2) may take only a part, and says why at the next call. */
export function writeWhole(fd: number, content: Uint8Array): void {
  for (let at = 0; at < content.length; ) at += writeSync(fd, content, at, content.length - at, at)
}

/** Makes the names in a file's folder durable: fsync(2), NOTES. */
export function syncFolderOf(path: string): void {
  const fd = openSync(dirname(path), 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

/** Whether two descriptors are of one file. */
export function areSameFile(fd: number, other: number): boolean {
  return isSame(fstatSync(fd, { bigint: true }), fstatSync(other, { bigint: true }))
}

/** Whether a path leads to the file that is open. */
export function isSameFile(fd: number, path: string): boolean {
  const named = statSync(path, { bigint: true, throwIfNoEntry: false })
  return named !== undefined && isSame(fstatSync(fd, { bigint: true }), named)
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.dev === b.dev
}

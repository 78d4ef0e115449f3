/** Files by their names: opened without waiting, placed whole, and compared. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { constants as osConstants } from 'node:os'
import { dirname } from 'node:path'
import { MmapForgeError } from '../errors.ts'
import { syncWhole } from './sync.ts'
import { isSystemError, onFile, SystemError } from './system-error.ts'
import { takeAll, undoing } from './undo.ts'

export const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_RDWR } = constants

/**
 * Ends the names of files that are being made. They are fixed, because files are made under the writer lock: what
 * stands there was left by a writer that died, and goes.
 */
export const TEMPORARY_SUFFIX = '.creating'

/** What is refused as a store. */
export const NOT_A_STORE = 'this is not a regular file, so it cannot be mapped'

/**
 * Opens a regular file.
 *
 * @param flags of open(2)
 * @param refusal says of anything else what it is not, and what to do
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`; what `node:fs` throws, for a folder `EISDIR`
 */
export function openRegularFile(path: string, flags: number, refusal: string): number {
  return openChecked(path, flags, refusal, () => undefined)
}

/**
 * Opens a file that stands beside a store. It is written to, or believed, because of its name alone: so a link in its
 * place, symbolic or hard, is refused, since it may lead to a file of somebody else's.
 *
 * @param what names it in messages: `the lock file`
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`; what `node:fs` throws
 */
export function openSidecar(path: string, flags: number, what: string): number {
  const refusal = (is: string, cause?: unknown) =>
    new MmapForgeError('ERR_TYPE_MISMATCH', `${what} ${is}; remove it`, { path, cause })
  try {
    return openChecked(path, flags | O_NOFOLLOW, `${what} is not a regular file; remove it`, ({ nlink }) => {
      // 0 where it was removed in between, which is for the caller to notice.
      if (nlink > 1) throw refusal('has a second name, a hard link')
    })
  } catch (error) {
    throw isSystemError(error, 'ELOOP') ? refusal('is a symbolic link', error) : error
  }
}

/** As {@link openSidecar}; undefined where there is none. */
export function openSidecarIfThere(path: string, flags: number, what: string): number | undefined {
  try {
    return openSidecar(path, flags, what)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** @param check throws for a file that is not to be opened after all */
function openChecked(path: string, flags: number, refusal: string, check: (stat: Stats) => void): number {
  return onFile(path, () =>
    undoing((undo) => {
      // O_NONBLOCK means nothing for a regular file; opening a FIFO without it would wait for a peer for ever.
      const fd = openSync(path, flags | constants.O_NONBLOCK)
      if ((flags & O_EXCL) !== 0) undo.push(() => removeIfThere(path))
      undo.push(() => closeSync(fd))
      const stat = fstatSync(fd)
      if (stat.isDirectory()) readSync(fd, new Uint8Array(1)) // throws EISDIR, as the runtime words it
      if (!stat.isFile()) throw new MmapForgeError('ERR_TYPE_MISMATCH', refusal, { path })
      check(stat)
      return fd
    }),
  )
}

/** The most that is read of a file that is read whole: more is none of ours, and could take all memory. */
const WHOLE_MAX_BYTES = 2 ** 24

/**
 * Reads the text of a file beside a store.
 *
 * @returns undefined where there is none
 * @throws {MmapForgeError} as {@link openSidecar}; `ERR_TOO_LARGE` beyond 16 MiB
 */
export function readSidecar(path: string, what: string): string | undefined {
  const fd = openSidecarIfThere(path, O_RDONLY, what)
  if (fd === undefined) return undefined
  return onFile(path, () => {
    try {
      const { size } = fstatSync(fd)
      if (size > WHOLE_MAX_BYTES) {
        const message = `${what} has ${size} bytes, more than any of ours; remove it`
        throw new MmapForgeError('ERR_TOO_LARGE', message, { path })
      }
      return new TextDecoder().decode(readStart(fd, size))
    } finally {
      closeSync(fd)
    }
  })
}

/** Removes a file, where there is one. Not `rmSync`: of a file that may not be removed, it says that it is no folder. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}

/**
 * Makes a file with this content in place of any other: whoever opens the name finds the old file or the new one, whole.
 *
 * @param durable whether the content has to be on stable storage before the name is given
 * @param mode who may use it, of whom the umask takes some away
 * @returns the file, open for reading and writing
 */
export function placeFile(path: string, content: Uint8Array, durable: boolean, mode = 0o666): number {
  const temporary = path + TEMPORARY_SUFFIX
  return onFile(path, () =>
    undoing((undo) => {
      removeIfThere(temporary)
      const fd = openSync(temporary, 'wx+', mode)
      undo.push(() => removeIfThere(temporary))
      undo.push(() => closeSync(fd))
      writeWhole(fd, content)
      if (durable) syncWhole(fd)
      renameSync(temporary, path)
      return fd
    }),
  )
}

/**
 * Writes all of some bytes. write(2) may take only a part, and says why at the next call.
 *
 * @param offsetBytes where they go in the file
 */
export function writeWhole(fd: number, content: Uint8Array, offsetBytes = 0): void {
  for (let at = 0; at < content.length; ) {
    const writtenBytes = writeSync(fd, content, at, content.length - at, offsetBytes + at)
    // Where nothing is taken and nothing said, nothing ever will be.
    if (writtenBytes === 0) throw new SystemError('write', osConstants.errno.EIO)
    at += writtenBytes
  }
}

/**
 * Reads the beginning of a file. read(2) may give only a part, and the rest at the next call.
 *
 * @returns what there is of it
 */
export function readStart(fd: number, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes)
  let at = 0
  for (let readBytes = -1; readBytes !== 0 && at < lengthBytes; at += readBytes) {
    readBytes = readSync(fd, bytes, at, lengthBytes - at, at)
  }
  return bytes.subarray(0, at)
}

/** Makes the names in a file's folder durable: fsync(2), NOTES. */
export function syncFolderOf(path: string): void {
  const folder = dirname(path)
  onFile(folder, () => {
    const fd = openSync(folder, 'r')
    takeAll(
      () => syncWhole(fd),
      () => closeSync(fd),
    )
  })
}

/**
 * Opens a file that is known once more, by a name.
 *
 * @returns undefined where the name leads to another file
 */
export function openAgain(path: string, flags: number, identity: Identity): number | undefined {
  return onFile(path, () => {
    const fd = openSync(path, flags | constants.O_NONBLOCK)
    const isSameFile = undoing((undo) => {
      undo.push(() => closeSync(fd))
      return isSame(identityOf(fd), identity)
    })
    if (isSameFile) return fd
    closeSync(fd)
    return undefined
  })
}

/** Whether a path leads to the file that is open. */
export function isSameFile(fd: number, path: string): boolean {
  const named = statSync(path, { bigint: true, throwIfNoEntry: false })
  return named !== undefined && isSame(identityOf(fd), named)
}

/** What tells a file from any other of the system, whatever names it has. */
export interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

export function identityOf(fd: number): Identity {
  return fstatSync(fd, { bigint: true })
}

function isSame(a: Identity, b: Identity): boolean {
  return a.ino === b.ino && a.dev === b.dev
}

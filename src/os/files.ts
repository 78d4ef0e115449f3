/** Files by name: opening them without blocking, making, reading and atomically replacing them, and comparing them. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
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
import type { Identity } from './os.ts'
import { firstModeOf, type Permissions, permit } from './permissions.ts'
import { syncWhole } from './sync.ts'
import { isSystemError, onFile, SystemError } from './system-error.ts'
import { takeAll, undoing } from './undo.ts'

export const { O_RDONLY, O_RDWR } = constants
const { O_CREAT, O_EXCL } = constants

/** Why something that is not a regular file is refused as a store. */
export const NOT_A_STORE = 'this is not a regular file, so it cannot be mapped'

/**
 * Opens a regular file.
 *
 * @param flags of open(2)
 * @param refusal the message for anything else: what it is not, and what to do
 * @param check throws if the file must not be opened after all
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`; what `node:fs` throws, for a folder `EISDIR`
 */
export function openRegularFile(
  path: string,
  flags: number,
  refusal: string,
  check: (fd: number, stat: Stats) => void = () => undefined,
): number {
  return onFile(path, () =>
    undoing((undo) => {
      // O_NONBLOCK means nothing for a regular file; without it, opening a FIFO would block until a peer opens it.
      const fd = openSync(path, flags | constants.O_NONBLOCK)
      undo.push(() => closeSync(fd))
      const stat = fstatSync(fd)
      if (stat.isDirectory()) readSync(fd, new Uint8Array(1)) // throws EISDIR, as the runtime words it
      if (!stat.isFile()) throw new MmapForgeError('ERR_TYPE_MISMATCH', refusal, { path })
      check(fd, stat)
      return fd
    }),
  )
}

/**
 * Makes a file, which no other user can open before it has its permissions.
 *
 * @param permissions undefined for everybody, less the umask
 * @returns the file, open for reading and writing
 * @throws `EEXIST` if the name is taken
 */
export function makeFile(path: string, permissions: Permissions | undefined): number {
  return onFile(path, () =>
    undoing((undo) => {
      const fd = openSync(path, O_RDWR | O_CREAT | O_EXCL, firstModeOf(permissions))
      undo.push(() => removeIfThere(path))
      undo.push(() => closeSync(fd))
      if (permissions !== undefined) permit(fd, permissions)
      return fd
    }),
  )
}

/** Opens a file that seldom exists; undefined if it does not. lstat costs far less than a thrown error. */
export function ifThere<T>(path: string, open: () => T): T | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  return unlessMissing(open)
}

/** Opens a file that mostly exists; undefined if it does not. */
export function unlessMissing<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** The limit for a file that is read whole: none of our files is larger, and another one could take all memory. */
const WHOLE_MAX_BYTES = 2 ** 24

/**
 * Reads the text of a file.
 *
 * @throws {MmapForgeError} as {@link openRegularFile}; `ERR_TOO_LARGE` beyond 16 MiB
 */
export function readText(path: string): string {
  return textOf(openRegularFile(path, O_RDONLY, 'this is not a regular file'), path, 'the file')
}

/** As {@link readText}; undefined if there is none. */
export function readTextIfThere(path: string): string | undefined {
  return ifThere(path, () => readText(path))
}

/** Reads a file whole, and closes it. */
export function textOf(fd: number, path: string, what: string): string {
  return onFile(path, () => {
    try {
      const { size } = fstatSync(fd)
      if (size > WHOLE_MAX_BYTES) {
        const message = `${what} has ${size} bytes, and is read up to ${WHOLE_MAX_BYTES} only`
        throw new MmapForgeError('ERR_TOO_LARGE', message, { path })
      }
      return new TextDecoder().decode(readStart(fd, size))
    } finally {
      closeSync(fd)
    }
  })
}

/** Removes a file, if there is one. Not by `rmSync`, which reports a file that may not be removed as not being a folder. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}

/** How {@link placeFile} makes a file. */
export interface Placing {
  /** The file's name until it is whole. */
  readonly temporary: string
  /** Whether the content has to be durable before the file gets its name. */
  readonly isDurable: boolean
  readonly permissions: Permissions | undefined
}

/**
 * Makes a file with this content, which atomically replaces any old one: an opener finds the old or the new one, whole.
 *
 * @returns the file, open for reading and writing
 */
export function placeFile(
  path: string,
  content: Uint8Array,
  { temporary, isDurable, permissions }: Placing,
): number {
  return onFile(path, () =>
    undoing((undo) => {
      const fd = makeFile(temporary, permissions)
      undo.push(() => removeIfThere(temporary))
      undo.push(() => closeSync(fd))
      writeWhole(fd, content)
      if (isDurable) syncWhole(fd)
      renameSync(temporary, path)
      return fd
    }),
  )
}

/**
 * Writes all bytes. write(2) may take only a part, and reports why at the next call.
 *
 * @param offsetBytes where the bytes go in the file
 */
export function writeWhole(fd: number, content: Uint8Array, offsetBytes = 0): void {
  for (let at = 0; at < content.length; ) {
    const writtenBytes = writeSync(fd, content, at, content.length - at, offsetBytes + at)
    // If write takes nothing and reports no error, another try would loop for ever.
    if (writtenBytes === 0) throw new SystemError('write', osConstants.errno.EIO)
    at += writtenBytes
  }
}

/**
 * Reads the beginning of a file. read(2) may return only a part, and the rest at the next call.
 *
 * @returns at most `lengthBytes`, less if the file is shorter
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
 * Opens a known file again, by a name.
 *
 * @returns undefined if the name leads to another file
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

/** Whether a path leads to the open file. */
export function isSameFile(fd: number, path: string): boolean {
  return leadsTo(path, identityOf(fd))
}

/** Whether a path leads to a known file. */
export function leadsTo(path: string, identity: Identity): boolean {
  const named = statSync(path, { bigint: true, throwIfNoEntry: false })
  return named !== undefined && isSame(identity, named)
}

export function identityOf(fd: number): Identity {
  return fstatSync(fd, { bigint: true })
}

function isSame(a: Identity, b: Identity): boolean {
  return a.ino === b.ino && a.dev === b.dev
}

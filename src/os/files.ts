/** Files by their names: opened without waiting, placed whole, and compared. */
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
import { firstModeOf, type Permissions, permit } from './permissions.ts'
import { syncWhole } from './sync.ts'
import { isSystemError, onFile, SystemError } from './system-error.ts'
import { takeAll, undoing } from './undo.ts'

export const { O_RDONLY, O_RDWR } = constants
const { O_CREAT, O_EXCL, O_NOFOLLOW } = constants

/**
 * Ends the names of files that are being made. They are fixed, because files are made under the writer lock: what
 * stands there was left by a writer that died, and goes.
 */
export const TEMPORARY_SUFFIX = '.creating'

/** What is refused as a store. */
export const NOT_A_STORE = 'this is not a regular file, so it cannot be mapped'

/**
 * A kind of file that stands beside others under a name of its own, and how to tell one of ours from anybody else's, which
 * is never written to, replaced or removed.
 */
export interface FileKind {
  /** Names it in messages: `the lock file`. */
  readonly what: string
  /** Whether a file that begins so, in its first {@link HEAD_BYTES} bytes, may be one of ours. An empty one always is. */
  isOurs(head: Uint8Array): boolean
}

/** What is looked at of a file to tell whose it is. */
export const HEAD_BYTES = 512

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
 * Makes a file, which nobody else opens before it has its permissions.
 *
 * @param permissions undefined for everybody, as far as the umask leaves it
 * @returns the file, open for reading and writing
 * @throws `EEXIST` where something stands there
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

/**
 * Opens a file that stands beside a store. It is written to, or believed, because of its name alone: so a link in its
 * place, symbolic or hard, is refused, since it may lead to a file of somebody else's; and so is somebody else's file.
 *
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`, `ERR_BAD_MAGIC`; what `node:fs` throws
 */
export function openSidecar(path: string, flags: number, kind: FileKind): number {
  return openUnlinked(path, flags, kind, (fd, stat) => {
    assertOneName(path, kind, stat)
    assertOurs(path, kind, fd, stat)
  })
}

/** As {@link openSidecar}; undefined where there is none. */
export function openSidecarIfThere(path: string, flags: number, kind: FileKind): number | undefined {
  return ifThere(path, () => openSidecar(path, flags, kind))
}

/**
 * Refuses what {@link openSidecar} refuses, before anything is changed.
 *
 * @throws as it does
 */
export function assertSidecar(path: string, kind: FileKind): void {
  const fd = openSidecarIfThere(path, O_RDONLY, kind)
  if (fd !== undefined) closeSync(fd)
}

/**
 * Refuses what {@link placeSidecar} refuses, before anything is changed.
 *
 * @throws as {@link openSidecar}
 */
export function assertPlaceable(path: string, kind: FileKind): void {
  assertSidecar(path, kind)
  const fd = openOursIfThere(path + TEMPORARY_SUFFIX, kind)
  if (fd !== undefined) closeSync(fd)
}

/**
 * Removes a file that stands beside a store, where there is one. One that has a second name loses this one only.
 *
 * @throws as {@link openSidecar}
 */
export function removeSidecar(path: string, kind: FileKind): void {
  const fd = openOursIfThere(path, kind)
  if (fd === undefined) return
  closeSync(fd)
  removeIfThere(path)
}

/** Opens what may be removed, whether it has a second name or not. */
function openOursIfThere(path: string, kind: FileKind): number | undefined {
  return ifThere(path, () =>
    openUnlinked(path, O_RDONLY, kind, (fd, stat) => assertOurs(path, kind, fd, stat)),
  )
}

/** @param check throws for a file that is not to be opened after all */
function openUnlinked(
  path: string,
  flags: number,
  { what }: FileKind,
  check: (fd: number, stat: Stats) => void,
): number {
  try {
    return openChecked(path, flags | O_NOFOLLOW, `${what} is not a regular file; remove it`, check)
  } catch (cause) {
    if (!isSystemError(cause, 'ELOOP')) throw cause
    throw new MmapForgeError('ERR_TYPE_MISMATCH', `${what} is a symbolic link; remove it`, { path, cause })
  }
}

function assertOneName(path: string, { what }: FileKind, { nlink }: Stats): void {
  // 0 where it was removed in between, which is for the caller to notice.
  if (nlink <= 1) return
  throw new MmapForgeError('ERR_TYPE_MISMATCH', `${what} has a second name, a hard link; remove it`, { path })
}

function assertOurs(path: string, { what, isOurs }: FileKind, fd: number, { size }: Stats): void {
  const head = readStart(fd, Math.min(size, HEAD_BYTES))
  if (head.length === 0 || isOurs(head)) return
  const message = `${what} holds what this package has not written, so it is left alone; move it away`
  throw new MmapForgeError('ERR_BAD_MAGIC', message, { path })
}

/** For files that are seldom there: a look costs far less than an error that is thrown. */
function ifThere<T>(path: string, open: () => T): T | undefined {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  return unlessMissing(open)
}

/** For files that mostly are. */
function unlessMissing<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}

/** @param check throws for a file that is not to be opened after all */
function openChecked(
  path: string,
  flags: number,
  refusal: string,
  check: (fd: number, stat: Stats) => void,
): number {
  return onFile(path, () =>
    undoing((undo) => {
      // O_NONBLOCK means nothing for a regular file; opening a FIFO without it would wait for a peer for ever.
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

/** The most that is read of a file that is read whole: more is none of ours, and could take all memory. */
const WHOLE_MAX_BYTES = 2 ** 24

/**
 * Reads the text of a file.
 *
 * @throws {MmapForgeError} as {@link openRegularFile}; `ERR_TOO_LARGE` beyond 16 MiB
 */
export function readText(path: string): string {
  return textOf(openRegularFile(path, O_RDONLY, 'this is not a regular file'), path, 'the file')
}

/** As {@link readText}; undefined where there is none. */
export function readTextIfThere(path: string): string | undefined {
  return ifThere(path, () => readText(path))
}

/**
 * Reads the text of a file beside a store. Whether it is one of ours, who reads it all can tell better.
 *
 * @returns undefined where there is none
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`; `ERR_TOO_LARGE` beyond 16 MiB
 */
export function readSidecar(path: string, kind: FileKind): string | undefined {
  const fd = unlessMissing(() =>
    openUnlinked(path, O_RDONLY, kind, (_, stat) => assertOneName(path, kind, stat)),
  )
  return fd === undefined ? undefined : textOf(fd, path, kind.what)
}

/** Reads a file whole, and closes it. */
function textOf(fd: number, path: string, what: string): string {
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

/** Removes a file, where there is one. Not `rmSync`: of a file that may not be removed, it says that it is no folder. */
export function removeIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
}

/** How a file is {@link placeFile placed}. */
export interface Placing {
  /** The name that it has until it is whole. */
  readonly temporary: string
  /** Whether the content has to be on stable storage before the name is given. */
  readonly isDurable: boolean
  readonly permissions: Permissions | undefined
}

/**
 * Makes a file with this content in place of any other: whoever opens the name finds the old file or the new one, whole.
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
 * The same for a file beside a store. The caller is the only one to do that, by the writer lock.
 *
 * @throws as {@link openSidecar} where one of somebody else's stands there
 */
export function placeSidecar(
  path: string,
  content: Uint8Array,
  kind: FileKind,
  how: Omit<Placing, 'temporary'>,
): number {
  const temporary = path + TEMPORARY_SUFFIX
  assertSidecar(path, kind)
  removeSidecar(temporary, kind)
  return placeFile(path, content, { ...how, temporary })
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

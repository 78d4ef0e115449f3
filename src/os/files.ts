/** Files by name: opening them without blocking, replacing them atomically, and comparing them. */
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
 * The end of the name of a file that is being made. The name is fixed, because files are made under the writer lock: what
 * has this name was left by a writer that died, and is removed.
 */
export const TEMPORARY_SUFFIX = '.creating'

/** Why something that is not a regular file is refused as a store. */
export const NOT_A_STORE = 'this is not a regular file, so it cannot be mapped'

/**
 * A kind of file that stands beside a store, and how to tell ours from a file of another program, which is never written
 * to, replaced or removed.
 */
export interface FileKind {
  /** Names it in messages: `the lock file`. */
  readonly what: string
  /** Whether a file may be ours, by its first {@link HEAD_BYTES} bytes. An empty file always is. */
  isOurs(head: Uint8Array): boolean
}

/** Bytes of a file that are read to tell whether it is ours. */
export const HEAD_BYTES = 512

/**
 * Opens a regular file.
 *
 * @param flags of open(2)
 * @param refusal the message for anything else: what it is not, and what to do
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`; what `node:fs` throws, for a folder `EISDIR`
 */
export function openRegularFile(path: string, flags: number, refusal: string): number {
  return openChecked(path, flags, refusal, () => undefined)
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

/**
 * Opens a file that stands beside a store. It is written to, or believed, because of its name alone. So a symbolic or hard
 * link in its place is refused, since it may lead to a file of another program, and so is such a file itself.
 *
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`, `ERR_BAD_MAGIC`; what `node:fs` throws
 */
export function openSidecar(path: string, flags: number, kind: FileKind): number {
  return openUnlinked(path, flags, kind, (fd, stat) => {
    assertOneName(path, kind, stat)
    assertOurs(path, kind, fd)
  })
}

/** As {@link openSidecar}; undefined if there is none. */
export function openSidecarIfThere(path: string, flags: number, kind: FileKind): number | undefined {
  return unlessMissing(path, () => openSidecar(path, flags, kind))
}

/**
 * Throws if {@link openSidecar} would refuse the file, before anything is changed.
 *
 * @throws as it does
 */
export function assertSidecar(path: string, kind: FileKind): void {
  const fd = openSidecarIfThere(path, O_RDONLY, kind)
  if (fd !== undefined) closeSync(fd)
}

/**
 * Throws if {@link placeSidecar} would refuse the file, before anything is changed.
 *
 * @throws as {@link openSidecar}
 */
export function assertPlaceable(path: string, kind: FileKind): void {
  assertSidecar(path, kind)
  const fd = openOursIfThere(path + TEMPORARY_SUFFIX, kind)
  if (fd !== undefined) closeSync(fd)
}

/**
 * Removes a file that stands beside a store, if there is one. A file that has a second name loses only this one.
 *
 * @throws as {@link openSidecar}
 */
export function removeSidecar(path: string, kind: FileKind): void {
  const fd = openOursIfThere(path, kind)
  if (fd === undefined) return
  closeSync(fd)
  removeIfThere(path)
}

/** Opens a file that may be removed, whether it has a second name or not. */
function openOursIfThere(path: string, kind: FileKind): number | undefined {
  return unlessMissing(path, () => openUnlinked(path, O_RDONLY, kind, (fd) => assertOurs(path, kind, fd)))
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
  // 0 if the file was removed in between; the caller has to notice that.
  if (nlink <= 1) return
  throw new MmapForgeError('ERR_TYPE_MISMATCH', `${what} has a second name, a hard link; remove it`, { path })
}

function assertOurs(path: string, { what, isOurs }: FileKind, fd: number): void {
  const head = readStart(fd, HEAD_BYTES)
  if (head.length === 0 || isOurs(head)) return
  const message = `${what} holds what this package has not written, so it is left alone; move it away`
  throw new MmapForgeError('ERR_BAD_MAGIC', message, { path })
}

function unlessMissing<T>(path: string, open: () => T): T | undefined {
  // lstat costs far less than a thrown error, and most of these files are seldom there.
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined
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
  return unlessMissing(path, () => readText(path))
}

/**
 * Reads the text of a file beside a store. Does not check whether it is ours: the caller, who has all of the text, can tell
 * better.
 *
 * @returns undefined if there is none
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`; `ERR_TOO_LARGE` beyond 16 MiB
 */
export function readSidecar(path: string, kind: FileKind): string | undefined {
  const fd = unlessMissing(path, () =>
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
 * The same for a file beside a store. The caller holds the writer lock, and so is the only one to do this.
 *
 * @throws as {@link openSidecar} if a file of another program has the name
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
  const named = statSync(path, { bigint: true, throwIfNoEntry: false })
  return named !== undefined && isSame(identityOf(fd), named)
}

/** What identifies a file in the system, whatever names it has. */
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

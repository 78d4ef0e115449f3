/** Files that stand beside a store: opens, makes, replaces and removes them if they are ours. */
import { closeSync, constants, readSync, type Stats } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import {
  ifThere,
  O_RDONLY,
  openRegularFile,
  type Placing,
  placeFile,
  readStart,
  removeIfThere,
  textOf,
  unlessMissing,
} from './files.ts'
import { hasCode, isSystemError } from './system-error.ts'

/**
 * The end of the name of a file that is being made. The name is fixed, because files are made under the writer lock: what
 * has this name was left by a writer that died, and is removed.
 */
export const TEMPORARY_SUFFIX = '.creating'

/**
 * A kind of file that stands beside a store, and how to tell ours from a file of another program, which is never written
 * to, replaced or removed.
 */
export interface FileKind {
  /** Names it in messages: `the lock file`. */
  readonly what: string
  /**
   * Whether a file may be ours, by its first {@link HEAD_BYTES} bytes. A file that is empty, or has only zeros, always may be.
   */
  isOurs(head: Uint8Array): boolean
}

/** Bytes of a file that are read to tell whether it is ours. */
export const HEAD_BYTES = 512

/**
 * Opens a file that stands beside a store. It is written to, or believed, because of its name alone. So a symbolic or hard
 * link in its place is refused, since it may lead to a file of another program, and so is such a file itself.
 *
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`, `ERR_BAD_MAGIC`; what `node:fs` throws
 */
export function openSidecar(path: string, flags: number, kind: FileKind): number {
  return openUnlinked(path, flags, kind, (fd, stat) => {
    assertOneName(path, kind, stat)
    assertOurs(path, kind, fd, stat)
  })
}

/** As {@link openSidecar}; undefined if there is none. */
export function openSidecarIfThere(path: string, flags: number, kind: FileKind): number | undefined {
  return ifThere(path, () => openSidecar(path, flags, kind))
}

/** Whether an error says that a file is not ours, or is a link: that {@link openSidecar} refuses to use it. */
export function isForeign(error: unknown): boolean {
  return hasCode(error, 'ERR_TYPE_MISMATCH', 'ERR_BAD_MAGIC')
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
  return ifThere(path, () =>
    openUnlinked(path, O_RDONLY, kind, (fd, stat) => assertOurs(path, kind, fd, stat)),
  )
}

/** @param check throws if the file must not be opened after all */
function openUnlinked(
  path: string,
  flags: number,
  { what }: FileKind,
  check: (fd: number, stat: Stats) => void,
): number {
  try {
    return openRegularFile(
      path,
      flags | constants.O_NOFOLLOW,
      `${what} is not a regular file; remove it`,
      check,
    )
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

function assertOurs(path: string, { what, isOurs }: FileKind, fd: number, { size }: Stats): void {
  const head = readStart(fd, Math.min(size, HEAD_BYTES))
  if (isOurs(head) || isBlank(fd, size)) return
  const message = `${what} holds what this package has not written, so it is left alone; move it away`
  throw new MmapForgeError('ERR_BAD_MAGIC', message, { path })
}

/** A larger file is not searched for a byte that is not zero. */
const BLANK_MAX_BYTES = 2 ** 32
const ZEROS = Buffer.alloc(2 ** 16)

/** Whether a file is empty or has only zeros, as after a loss of power. */
function isBlank(fd: number, size: number): boolean {
  if (size > BLANK_MAX_BYTES) return false
  const part = new Uint8Array(Math.min(size, ZEROS.length))
  for (let at = 0; at < size; ) {
    const readBytes = readSync(fd, part, 0, part.length, at)
    if (readBytes === 0) break
    if (!ZEROS.subarray(0, readBytes).equals(part.subarray(0, readBytes))) return false
    at += readBytes
  }
  return true
}

/**
 * Reads the text of a file beside a store. Does not check whether it is ours: the caller, who has all of the text, can tell
 * better.
 *
 * @returns undefined if there is none
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`; `ERR_TOO_LARGE` beyond 16 MiB
 */
export function readSidecar(path: string, kind: FileKind): string | undefined {
  const fd = unlessMissing(() =>
    openUnlinked(path, O_RDONLY, kind, (_, stat) => assertOneName(path, kind, stat)),
  )
  return fd === undefined ? undefined : textOf(fd, path, kind.what)
}

/**
 * Makes a file beside a store with this content, which atomically replaces any old one. The caller holds the writer lock, and
 * so is the only one to do this.
 *
 * @returns the file, open for reading and writing
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

/** The file of a journal: opened where there is one, and made in place of any other. */
import { closeSync, constants, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import { isSystemError } from '../os/system-error.ts'

const TEMPORARY_SUFFIX = '.creating'

/** Opens what stands there for reading and writing; undefined where nothing does. */
export function openJournalFile(path: string): number | undefined {
  let fd: number
  try {
    // O_NONBLOCK, so that a FIFO in its place is an error, not a wait for its reader.
    fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw new MmapForgeError('ERR_TYPE_MISMATCH', 'the journal is not a regular file; remove it', { path })
}

/**
 * Makes a file with this content, and leaves it open.
 *
 * @throws {MmapForgeError} `ERR_NO_SPACE`, `ERR_READ_ONLY`
 */
export function makeJournalFile(path: string, content: Uint8Array): number {
  const temporary = path + TEMPORARY_SUFFIX
  let fd = -1
  try {
    rmSync(temporary, { force: true })
    fd = openSync(temporary, 'wx+')
    writeSync(fd, content)
    renameSync(temporary, path)
    return fd
  } catch (cause) {
    if (fd >= 0) {
      closeSync(fd)
      rmSync(temporary, { force: true })
    }
    throw explained(cause, path)
  }
}

function explained(cause: unknown, path: string): unknown {
  if (isSystemError(cause, 'ENOSPC', 'EDQUOT')) {
    const message = 'there is no space for the journal of what is being written; free some and try again'
    return new MmapForgeError('ERR_NO_SPACE', message, { path, cause })
  }
  if (isSystemError(cause, 'EACCES', 'EROFS', 'EPERM')) {
    const message =
      'the journal, which undoes what a dead writer left half-written, cannot be made; change the permissions of its ' +
      'folder, or open the store with readOnly: true, or as the one writer with journal: false'
    return new MmapForgeError('ERR_READ_ONLY', message, { path, cause })
  }
  return cause
}

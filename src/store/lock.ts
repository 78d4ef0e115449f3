/** The writer lock: an exclusive flock on `<path>.lock`, which the kernel releases when its holder dies. */
import { closeSync, constants, fstatSync, openSync, rmSync, statSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import { nativeOs } from '../os/native-os.ts'
import { isSystemError } from '../os/system-error.ts'
import { FileHandle } from '../region/file-handle.ts'
import { LOCK_SUFFIX, takeMark, writeMark } from './clean-mark.ts'

/** The lock, held; released at the latest when it has been garbage-collected. */
export interface WriterLock {
  /**
   * Leaves the lock file in place: removing it would let a third process lock a new file of the same name beside a
   * second one that holds the old.
   */
  release(): void
  /** Reads what the last holder left in the lock file, and takes it away. */
  takeMark(): string
  /** Leaves something in the lock file for the next holder. */
  writeMark(mark: string): void
  /** Releases the lock of an opening that failed, and removes the lock file if it was not there before. */
  undo(): void
}

/**
 * Takes the lock or fails at once.
 *
 * @throws {MmapForgeError} `ERR_LOCKED` while another process or thread holds it
 */
export function takeWriterLock(path: string): WriterLock {
  const lockPath = path + LOCK_SUFFIX
  for (;;) {
    const { fd, isNew } = openLockFile(lockPath)
    try {
      if (!fstatSync(fd).isFile()) {
        throw new MmapForgeError('ERR_TYPE_MISMATCH', 'the lock file is not a regular file; remove it', {
          path: lockPath,
        })
      }
      if (!nativeOs(path).tryLock(fd, 'exclusive')) throw locked(path)
      // Otherwise an `undo` elsewhere removed the file after it was opened here: its lock excludes nobody.
      if (isSameFile(fd, lockPath)) return heldLock(fd, isNew ? lockPath : undefined)
    } catch (error) {
      closeSync(fd)
      throw error
    }
    closeSync(fd)
  }
}

function openLockFile(lockPath: string): { fd: number; isNew: boolean } {
  // O_NONBLOCK, so that a FIFO in the place of the lock file is an error, not a wait for its reader.
  const flags = constants.O_RDWR | constants.O_NONBLOCK
  try {
    return { fd: openSync(lockPath, flags | constants.O_CREAT | constants.O_EXCL), isNew: true }
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error
  }
  try {
    // Without O_CREAT, which is refused for another user's file in a folder such as /tmp (fs.protected_regular).
    return { fd: openSync(lockPath, flags), isNew: false }
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
    // Gone since, or a symbolic link to nowhere.
    return { fd: openSync(lockPath, flags | constants.O_CREAT), isNew: false }
  }
}

/** Whether a path still leads to the file that is open. */
export function isSameFile(fd: number, path: string): boolean {
  const opened = fstatSync(fd, { bigint: true })
  const named = statSync(path, { bigint: true, throwIfNoEntry: false })
  return named !== undefined && named.ino === opened.ino && named.dev === opened.dev
}

function heldLock(fd: number, madeHere: string | undefined): WriterLock {
  const file = new FileHandle(fd)
  const lock: WriterLock = {
    release: () => file.close(),
    takeMark: () => takeMark(fd),
    writeMark: (mark) => writeMark(fd, mark),
    undo: () => {
      // Before the release: whoever has the file open already can't have locked it.
      if (madeHere !== undefined) rmSync(madeHere, { force: true })
      file.close()
    },
  }
  file.closeWith(lock)
  return lock
}

function locked(path: string): MmapForgeError {
  return new MmapForgeError(
    'ERR_LOCKED',
    'another process or thread has the store open for writing; close it there first, or open with readOnly: true',
    { path },
  )
}

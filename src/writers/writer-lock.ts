/** The writer lock: a flock on `<path>.lock`, exclusive or shared, which the kernel releases when its holder dies. */
import { closeSync, constants, fstatSync, lstatSync, openSync, rmSync, statSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import { nativeOs } from '../os/native-os.ts'
import type { LockKind } from '../os/os.ts'
import { isSystemError } from '../os/system-error.ts'
import { sleepBriefly } from '../protocol/patience.ts'
import { FileHandle } from '../region/file-handle.ts'
import { LOCK_SUFFIX, takeMark, writeMark } from './clean-mark.ts'
import { WriterSlots } from './writer-slots.ts'

/** The lock, held; released at the latest when it has been garbage-collected. */
export interface WriterLock {
  /** Which of many writers are alive, by locks of their own on the same file. */
  readonly slots: WriterSlots
  /** Lets other holders of a shared lock in, instead of nobody; false where an exclusive one came first. */
  share(): boolean
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

/** `exclusive` keeps every other writer out, `shared` only those that want it exclusive. */
export interface LockRequest {
  readonly kind: LockKind
  /** The store is about to be created: others may wait for it. */
  readonly isCreating?: boolean
  /** How long a shared lock waits for a store that is being created. */
  readonly timeoutMs: number
}

/**
 * Takes the lock or fails at once.
 *
 * @throws {MmapForgeError} `ERR_LOCKED` while another process or thread holds it, `ERR_READ_ONLY` where there can be no
 *   lock file
 */
export function takeWriterLock(path: string, request: LockRequest): WriterLock {
  const lockPath = path + LOCK_SUFFIX
  const { kind, isCreating = false, timeoutMs } = request
  const os = nativeOs(path)
  const began = performance.now()
  const isLate = (): boolean => performance.now() - began > timeoutMs
  for (;;) {
    const { fd, isNew } = openLockFile(lockPath)
    try {
      if (!fstatSync(fd).isFile()) {
        throw new MmapForgeError('ERR_TYPE_MISMATCH', 'the lock file is not a regular file; remove it', {
          path: lockPath,
        })
      }
      const slots = new WriterSlots(os, fd)
      if (isCreating) slots.tryBeginSetup()
      let isTaken = os.tryLock(fd, kind)
      const isSettled = isTaken || kind === 'exclusive' || slots.tryBeginSetup()
      // Since the first look, whoever was creating the store may have let others in.
      if (!isTaken && isSettled) isTaken = os.tryLock(fd, kind)
      if (isTaken) {
        // Another creator has it for a moment if it comes too late, and for as long as it takes if this one does.
        const isFirst = (): boolean => lstatSync(path, { throwIfNoEntry: false }) === undefined
        while (isCreating && isFirst() && !slots.tryBeginSetup() && !isLate()) sleepBriefly()
        // Otherwise an `undo` elsewhere removed the file after it was opened here: its lock excludes nobody.
        if (isSameFile(fd, lockPath)) return heldLock(path, fd, slots, kind, isNew ? lockPath : undefined)
      } else if (isSettled || isLate()) {
        throw locked(path)
      } else {
        sleepBriefly()
      }
    } catch (error) {
      closeSync(fd)
      throw error
    }
    closeSync(fd)
  }
}

function openLockFile(lockPath: string): { fd: number; isNew: boolean } {
  try {
    return openOrMake(lockPath)
  } catch (cause) {
    if (!isSystemError(cause, 'EACCES', 'EROFS', 'EPERM')) throw cause
    throw new MmapForgeError(
      'ERR_READ_ONLY',
      'the lock file can be neither opened nor created; open the store with readOnly: true, or change the permissions',
      { path: lockPath, cause },
    )
  }
}

function openOrMake(lockPath: string): { fd: number; isNew: boolean } {
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

function heldLock(
  path: string,
  fd: number,
  slots: WriterSlots,
  kind: LockKind,
  madeHere: string | undefined,
): WriterLock {
  const file = new FileHandle(fd)
  const os = nativeOs(path)
  const lock: WriterLock = {
    slots,
    share: () => os.tryLock(fd, 'shared'),
    release: () => file.close(),
    takeMark: () => takeMark(fd),
    writeMark: (mark) => writeMark(fd, mark),
    undo: () => {
      // Before the release, and alone: whoever has the file open already can't have locked it.
      const isAlone = kind === 'exclusive' || os.tryLock(fd, 'exclusive')
      if (madeHere !== undefined && isAlone) rmSync(madeHere, { force: true })
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

/**
 * The writer lock: a flock on `<path>.lock`, exclusive or shared, which the kernel releases when its holder dies. It
 * belongs to a name, which other programs heed too, and which a store that is being created has before its file exists.
 * The store's file itself is locked by the writer's slots.
 */
import { closeSync, lstatSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import { LOCK_FILE, LOCK_SUFFIX, SETUP_OFFSET_BYTES } from '../format/lock.ts'
import { isSameFile, makeFile, O_RDWR, removeIfThere } from '../os/files.ts'
import { nativeOs } from '../os/native-os.ts'
import type { LockKind, NativeOs } from '../os/os.ts'
import { type Permissions, permissionsOf } from '../os/permissions.ts'
import { openSidecarIfThere } from '../os/sidecars.ts'
import { isSystemError } from '../os/system-error.ts'
import { takeAll, undoing } from '../os/undo.ts'
import { type Patience, RACE_TRIES, sleepBriefly, waitUntil } from '../protocol/patience.ts'
import { FileHandle } from '../region/file-handle.ts'
import { forgetMark, isMarkTaken, takeMark, writeMark } from './clean-mark.ts'
import type { WriterSlots } from './writer-slots.ts'

/** `exclusive` keeps every other writer out, `shared` only those that want it exclusive. */
export interface LockRequest {
  readonly kind: LockKind
  /** The store is about to be created: others may wait for it. */
  readonly isCreating?: boolean
  /** Who may use a store that is about to be created; of any other, its file tells. */
  readonly permissions?: Permissions | undefined
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
  const os = nativeOs(path)
  const attempt = (patience: Patience): WriterLock | undefined => {
    const file = openLockFile(path, request)
    return file && lockOf(os, file, path, request, patience)
  }
  return waitUntil(attempt, request.timeoutMs, () => lockFileGoes(path), RACE_TRIES)
}

/** @returns undefined where it is to be tried again, with the file opened anew */
function lockOf(
  os: NativeOs,
  file: LockFile,
  path: string,
  request: LockRequest,
  patience: Patience,
): WriterLock | undefined {
  const { fd, path: lockPath, isNew } = file
  const lock = undoing((undo) => {
    undo.push(() => closeSync(fd))
    // Before the descriptor goes, and not under the hands of others: whoever has the file open already may lock it.
    if (isNew) undo.push(() => os.tryLock(fd, 'exclusive') && removeIfThere(lockPath))
    const isTaken = tryTake(path, os, fd, request, patience)
    // Otherwise an `undo` elsewhere removed the file after it was opened here: its lock excludes nobody.
    const isGood = isTaken && isSameFile(fd, lockPath)
    return isGood ? new WriterLock(os, file, request.kind) : undefined
  })
  if (lock === undefined) closeSync(fd)
  return lock
}

/** @returns false where it is to be tried again */
function tryTake(
  path: string,
  os: NativeOs,
  fd: number,
  { kind, isCreating = false }: LockRequest,
  patience: Patience,
): boolean {
  const tryBeginSetup = (): boolean => os.tryLockRange(fd, SETUP_OFFSET_BYTES, 1)
  if (isCreating) tryBeginSetup()
  let isTaken = os.tryLock(fd, kind)
  const isSettled = isTaken || kind === 'exclusive' || tryBeginSetup()
  // Since the first look, whoever was creating the store may have let others in.
  if (!isTaken && isSettled) isTaken = os.tryLock(fd, kind)
  if (!isTaken) {
    if (isSettled) throw locked(path)
    if (patience.isOver) throw atWork(path, patience.timeoutMs)
    return false
  }
  // Another creator has it for a moment if it comes too late, and for as long as it takes if this one does.
  const isFirst = (): boolean => lstatSync(path, { throwIfNoEntry: false }) === undefined
  while (isCreating && isFirst() && !tryBeginSetup() && !patience.isOver) sleepBriefly()
  return true
}

/** What keeps other writers out, or tells them that this one is there. */
export interface WriterLocks {
  /** On the store's name. */
  readonly lock: WriterLock
  /** On its file. */
  readonly slots: WriterSlots
}

/** The lock, held; released at the latest when it has been garbage-collected. */
export class WriterLock {
  readonly #os: NativeOs
  readonly #file: FileHandle
  #kind: LockKind
  /** Undefined where it was there before. */
  readonly #newPath: string | undefined

  constructor(os: NativeOs, { fd, path, isNew }: LockFile, kind: LockKind) {
    this.#os = os
    this.#file = new FileHandle(fd, path)
    this.#kind = kind
    this.#newPath = isNew ? path : undefined
    this.#file.closeWith(this)
  }

  /** Becomes the one that is creating, opening or closing the store by this name; false while another is. */
  tryBeginSetup(): boolean {
    return this.#os.tryLockRange(this.#file.fd, SETUP_OFFSET_BYTES, 1)
  }

  endSetup(): void {
    this.#os.unlockRange(this.#file.fd, SETUP_OFFSET_BYTES, 1)
  }

  /** Lets other holders of a shared lock in, instead of nobody; false where an exclusive one came first. */
  share(): boolean {
    if (this.#kind === 'shared') return true
    this.#kind = 'shared'
    return this.#os.tryLock(this.#file.fd, 'shared')
  }

  /**
   * Leaves the lock file in place: removing it would let a third process lock a new file of the same name beside a
   * second one that holds the old.
   */
  release(): void {
    this.#file.close()
  }

  /** Reads what the last holder left in the lock file, and takes it away. */
  takeMark(): string {
    return takeMark(this.#file.fd)
  }

  /** Whether nobody without the lock has come since it was taken away. */
  isMarkTaken(): boolean {
    return isMarkTaken(this.#file.fd)
  }

  /** Keeps the last holder, whichever that will be, from leaving a mark. */
  forgetMark(): void {
    forgetMark(this.#file.fd)
  }

  /** Leaves something in the lock file for the next holder. */
  writeMark(mark: string): void {
    writeMark(this.#file.fd, mark)
  }

  /** Releases the lock of an opening that failed, and removes the lock file if it was not there before. */
  undo(): void {
    takeAll(
      // Before the release, and alone: whoever has the file open already can't have locked it.
      () => this.isAlone() && this.#newPath !== undefined && removeIfThere(this.#newPath),
      () => this.#file.close(),
    )
  }

  /** Whether nobody else holds the lock. Only for an opening that fails: where somebody does, a shared one is lost. */
  isAlone(): boolean {
    return this.#kind === 'exclusive' || this.#os.tryLock(this.#file.fd, 'exclusive')
  }
}

/** An open lock file. */
interface LockFile {
  readonly fd: number
  readonly path: string
  /** Whether it was made when it was opened. */
  readonly isNew: boolean
}

/** Opens the lock file, or makes it. Undefined where it came and went meanwhile. */
function openLockFile(storePath: string, { permissions }: LockRequest): LockFile | undefined {
  const path = storePath + LOCK_SUFFIX
  try {
    const found = openSidecarIfThere(path, O_RDWR, LOCK_FILE)
    if (found !== undefined) return { fd: found, path, isNew: false }
    return { fd: makeFile(path, permissionsOf(storePath) ?? permissions), path, isNew: true }
  } catch (cause) {
    if (isSystemError(cause, 'EEXIST')) return undefined
    if (!isSystemError(cause, 'EACCES', 'EROFS', 'EPERM')) throw cause
    throw new MmapForgeError(
      'ERR_READ_ONLY',
      'the lock file can be neither opened nor created; open the store with readOnly: true, or change the permissions',
      { path, cause },
    )
  }
}

/** The refusal of an opener that others at work keep out for longer than it may wait. */
export function atWork(path: string, timeoutMs: number): MmapForgeError {
  const message = `another writer has been opening or closing the store for over ${timeoutMs} ms; try again`
  return new MmapForgeError('ERR_LOCKED', message, { path })
}

function lockFileGoes(path: string): MmapForgeError {
  const message =
    'the lock file was removed or replaced each time that it had been opened to be locked; find out what removes ' +
    `${path}${LOCK_SUFFIX}, and try again`
  return new MmapForgeError('ERR_LOCKED', message, { path })
}

function locked(path: string): MmapForgeError {
  return new MmapForgeError(
    'ERR_LOCKED',
    'another process or thread has the store open for writing; close it there first, open it with readOnly: true, or have ' +
      "all of its writers open it with writers: 'many'",
    { path },
  )
}

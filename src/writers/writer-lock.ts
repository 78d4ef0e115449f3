/**
 * The writer lock: a flock on `<path>.lock`, exclusive or shared, which the kernel releases when its holder dies. It locks
 * the name of the store: other programs take this lock too, and the name can be locked before the file exists. The writer's
 * slots lock the file itself.
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

/** `exclusive` excludes every other writer, `shared` only those that ask for an exclusive lock. */
export interface LockRequest {
  readonly kind: LockKind
  /** The store is about to be created: other openers may wait for it. */
  readonly isCreating?: boolean
  /** Of a store that is about to be created; those of an existing one are read from its file. */
  readonly permissions?: Permissions | undefined
  /** How long a shared lock waits for a store that is being created. */
  readonly timeoutMs: number
}

/**
 * Takes the lock or fails at once.
 *
 * @throws {MmapForgeError} `ERR_LOCKED` if another process or thread holds it; `ERR_READ_ONLY` if the lock file can be
 *   neither opened nor made
 */
export function takeWriterLock(path: string, request: LockRequest): WriterLock {
  const os = nativeOs(path)
  const attempt = (patience: Patience): WriterLock | undefined => {
    const file = openLockFile(path, request)
    return file && lockOf(os, file, path, request, patience)
  }
  return waitUntil(attempt, request.timeoutMs, () => lockFileGoes(path), RACE_TRIES)
}

/** @returns undefined if the caller has to try again, and to open the file anew */
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
    // Before the descriptor is closed, and only if nobody else has the lock: another opener may have the file open already.
    if (isNew) undo.push(() => os.tryLock(fd, 'exclusive') && removeIfThere(lockPath))
    const isTaken = tryTake(path, os, fd, request, patience)
    // If not, another opener's `undo` removed the file after it was opened here: its lock excludes nobody.
    const isGood = isTaken && isSameFile(fd, lockPath)
    return isGood ? new WriterLock(os, file, request.kind) : undefined
  })
  if (lock === undefined) closeSync(fd)
  return lock
}

/** @returns false if the caller has to try again */
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
  // Since the first try, the creator of the store may have let others in.
  if (!isTaken && isSettled) isTaken = os.tryLock(fd, kind)
  if (!isTaken) {
    if (isSettled) throw locked(path)
    if (patience.isOver) throw atWork(path, patience.timeoutMs)
    return false
  }
  // Another creator holds the setup for a moment only if it came too late; if this one did, until its store exists.
  const isFirst = (): boolean => lstatSync(path, { throwIfNoEntry: false }) === undefined
  while (isCreating && isFirst() && !tryBeginSetup() && !patience.isOver) sleepBriefly()
  return true
}

/** What excludes other writers, or tells them that this one is alive. */
export interface WriterLocks {
  /** On the name of the store. */
  readonly lock: WriterLock
  /** On the file itself. */
  readonly slots: WriterSlots
}

/** The lock, while it is held; released at the latest when it is garbage-collected. */
export class WriterLock {
  readonly #os: NativeOs
  readonly #file: FileHandle
  #kind: LockKind
  /** Of a lock file that was made for this lock; undefined if it was there before. */
  readonly #newPath: string | undefined

  constructor(os: NativeOs, { fd, path, isNew }: LockFile, kind: LockKind) {
    this.#os = os
    this.#file = new FileHandle(fd, path)
    this.#kind = kind
    this.#newPath = isNew ? path : undefined
    this.#file.closeWith(this)
  }

  /** Takes the setup byte: one writer at a time creates, opens or closes the store by this name. False if another does. */
  tryBeginSetup(): boolean {
    return this.#os.tryLockRange(this.#file.fd, SETUP_OFFSET_BYTES, 1)
  }

  endSetup(): void {
    this.#os.unlockRange(this.#file.fd, SETUP_OFFSET_BYTES, 1)
  }

  /** Changes the lock from exclusive to shared; false if another writer took it exclusively in between. */
  share(): boolean {
    if (this.#kind === 'shared') return true
    this.#kind = 'shared'
    return this.#os.tryLock(this.#file.fd, 'shared')
  }

  /**
   * Leaves the lock file in place: if it were removed, a third process could lock a new file of the same name while a
   * second one holds the old file's lock.
   */
  release(): void {
    this.#file.close()
  }

  /** Reads the mark that the last holder left in the lock file, and takes it away. */
  takeMark(): string {
    return takeMark(this.#file.fd)
  }

  /** Whether only writers that hold the lock have come since the mark was taken. */
  isMarkTaken(): boolean {
    return isMarkTaken(this.#file.fd)
  }

  /** Keeps the last holder, whichever it will be, from leaving a mark. */
  forgetMark(): void {
    forgetMark(this.#file.fd)
  }

  /** Leaves a mark in the lock file for the next holder. */
  writeMark(mark: string): void {
    writeMark(this.#file.fd, mark)
  }

  /** Releases the lock of an opening that failed, and removes the lock file if it was not there before. */
  undo(): void {
    takeAll(
      // Before the release, and only if nobody else has the lock: another opener may have the file open already.
      () => this.isAlone() && this.#newPath !== undefined && removeIfThere(this.#newPath),
      () => this.#file.close(),
    )
  }

  /** Whether nobody else holds the lock. Only for an opening that fails: if somebody does, this shared lock is lost. */
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

/** Opens the lock file, or makes it. Undefined if another process made it meanwhile. */
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

/** Refuses an opener if other writers have been opening or closing the store for longer than it may wait. */
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
    'another process or thread has the store open for writing; close it there first, wait for that with lockTimeoutMs, open ' +
      "it with readOnly: true, or have all of its writers open it with writers: 'many'",
    { path },
  )
}

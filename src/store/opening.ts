/** Creating and opening: everything that happens before there is a store object, undone if a step fails. */
import { closeSync, constants, existsSync, fstatSync, lstatSync, realpathSync } from 'node:fs'
import { MmapForgeError, show } from '../errors.ts'
import { recordCountIn } from '../format/words.ts'
import { identityOf, makeFile, NOT_A_STORE, O_RDONLY, O_RDWR, openRegularFile } from '../os/files.ts'
import { NamedFile } from '../os/named-file.ts'
import { nativeOs } from '../os/native-os.ts'
import type { Identity } from '../os/os.ts'
import { besideMode } from '../os/permissions.ts'
import { hasCode, isSystemError, onFile } from '../os/system-error.ts'
import { UndoStack, undoing } from '../os/undo.ts'
import { Patience, RACE_TRIES, sleepBriefly, waitUntil } from '../protocol/patience.ts'
import { type FileSize, fillHoles } from '../region/grow-file.ts'
import { HeapRegion, MEMORY_PATH } from '../region/heap-region.ts'
import { MappedRegion } from '../region/mapped-region.ts'
import type { Region } from '../region/region.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import { assertWakeFile } from '../waiting/wake-file.ts'
import { removeMark } from '../writers/clean-mark.ts'
import {
  joinAlone,
  joinMany,
  joinUnguarded,
  lockedElsewhere,
  type MappedFile,
  type Membership,
} from '../writers/join.ts'
import { assertJournal, removeJournal } from '../writers/journal.ts'
import type { RecoveredRecord } from '../writers/recovery.ts'
import { Unguarded } from '../writers/unguarded.ts'
import { takeWriterLock, type WriterLock } from '../writers/writer-lock.ts'
import { WriterSlots } from '../writers/writer-slots.ts'
import { assertNameIsFree, inFolderOf, initialiseStore, placeNewStore, temporaryName } from './creation.ts'
import { checkFile } from './file-check.ts'
import { type CheckedOptions, checkOptions, type StoreOptions } from './options.ts'
import { NOT_CLONEABLE } from './thread-bound.ts'

/** Everything that a store gets from its opening. */
export interface Opened extends Membership {
  /** First of all, before anything large is copied: keeps stores from being sent to other threads. */
  readonly notCloneable: symbol
  readonly definition: StoreDefinition
  readonly path: string
  /** The path that the sidecars stand beside: `path` may be a symbolic link. */
  readonly realPath: string
  readonly options: CheckedOptions
  readonly region: Region
  /** Descriptor of the mapped file, open as long as the region is; undefined on the heap. */
  readonly fd: number | undefined
  /** Of the mapped file; undefined where no lock needs it. */
  readonly identity: Identity | undefined
  /** The same file, and the name that it was opened by. */
  readonly named: NamedFile | undefined
}

/** @throws the errors of {@link checkOptions}, `EEXIST`, `ERR_LOCKED`, `ERR_READ_ONLY`, `ERR_NO_SPACE`, `ERR_TOO_LARGE` */
export function createStore(definition: StoreDefinition, path: string, given?: StoreOptions): Opened {
  return whileLocked(path, given, (options) => createOnce(definition, path, options))
}

/** @throws as {@link createStore}, `ENOENT` instead of `EEXIST`, and the errors of a file that does not fit the schema */
export function openStore(definition: StoreDefinition, path: string, given?: StoreOptions): Opened {
  return whileLocked(path, given, (options) => openOnce(definition, path, options))
}

/** Opens the file, or creates it if there is none; other processes may do the same at the same time. */
export function openOrCreateStore(definition: StoreDefinition, path: string, given?: StoreOptions): Opened {
  return whileLocked(path, given, (options) => openOrCreateOnce(definition, path, options))
}

/** Tries again while other writers exclude this one, for at most `lockTimeoutMs`. */
function whileLocked(
  path: unknown,
  given: StoreOptions | undefined,
  attempt: (options: CheckedOptions) => Opened,
): Opened {
  const options = checkOptions(given)
  checkPath(path)
  const patience = new Patience(options.lockTimeoutMs)
  for (;;) {
    try {
      return attempt(options)
    } catch (error) {
      if (patience.isOver || !hasCode(error, 'ERR_LOCKED')) throw error
    }
    patience.rest()
  }
}

function createOnce(definition: StoreDefinition, path: string, options: CheckedOptions): Opened {
  if (options.readOnly) {
    throw new MmapForgeError('ERR_READ_ONLY', 'a store is created to be written; leave readOnly out', {
      path,
    })
  }
  if (path === MEMORY_PATH) return openInMemory(definition, options)
  return onFile(path, () =>
    undoing((undo) => new Opening(definition, path, options, undo).claimName().create().join()),
  )
}

/**
 * Opens a store, or throws without waiting for its writers to close it.
 *
 * @param joinTimeoutMs how long to block while other writers are opening or closing it
 */
export function openOnce(
  definition: StoreDefinition,
  path: string,
  options: CheckedOptions,
  joinTimeoutMs?: number,
): Opened {
  if (path === MEMORY_PATH) return createOnce(definition, path, options)
  return onFile(path, () =>
    undoing((undo) =>
      new Opening(definition, path, options, undo, joinTimeoutMs).locate().lock().check().map().join(),
    ),
  )
}

function openOrCreateOnce(definition: StoreDefinition, path: string, options: CheckedOptions): Opened {
  const { readOnly, writers, stallTimeoutMs } = options
  const patience = new Patience(stallTimeoutMs)
  for (let tries = 0; ; tries++) {
    let missing: unknown
    try {
      return openOnce(definition, path, options)
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || readOnly) throw error
      missing = error
    }
    try {
      return createOnce(definition, path, options)
    } catch (error) {
      // Another creator came first: its file can be opened once it has released, or shared, its lock.
      const stands = hasCode(error, 'EEXIST') && !isLinkToNowhere(path)
      const comes = writers !== 'one' && hasCode(error, 'ERR_LOCKED')
      if (!stands && !comes) throw error
      if (patience.isOver && comes) throw error
      // Tries at least once more: the other creator may have finished after this one looked.
      if (patience.isOver && tries > 0) throw comesAndGoes(path, missing, error)
    }
    sleepBriefly()
  }
}

/** The steps from a path to a mapped file with its writer; each step needs the ones before it. */
class Opening {
  readonly #definition: StoreDefinition
  readonly #path: string
  readonly #options: CheckedOptions
  readonly #undo: UndoStack
  readonly #joinTimeoutMs: number
  #realPath: string
  #fd = -1
  #identity: Identity | undefined
  #size: FileSize | undefined
  #lock: WriterLock | undefined
  #slots: WriterSlots | undefined
  #region: Region | undefined
  #isNameTaken = false
  #isNew = false

  constructor(
    definition: StoreDefinition,
    path: string,
    options: CheckedOptions,
    undo: UndoStack,
    joinTimeoutMs: number = options.stallTimeoutMs,
  ) {
    this.#definition = definition
    this.#path = path
    this.#realPath = path
    this.#options = options
    this.#undo = undo
    this.#joinTimeoutMs = joinTimeoutMs
  }

  // ---- a file that exists

  /** Opens and checks the file. If the path is a symbolic link, resolves it: lock and sidecars go by the file's own name. */
  locate(): this {
    this.#undo.push(() => this.#close())
    this.#open()
    return this
  }

  /** Takes the locks that the options ask for; starts anew if another file takes the name in between. */
  lock(): this {
    const { readOnly, writers } = this.#options
    const timeoutMs = this.#joinTimeoutMs
    if (readOnly || writers === 'unlocked') return this
    this.#undo.push(() => this.#lock?.undo())
    this.#undo.push(() => this.#slots?.release())
    const kind = writers === 'many' ? 'shared' : 'exclusive'
    const attempt = (): boolean => {
      this.#lock = takeWriterLock(this.#realPath, { kind, timeoutMs })
      // Reads the size again: until now, other writers may have grown the file.
      const stat = fstatSync(this.#fd, { bigint: true })
      this.#size = { size: Number(stat.size), blocks: Number(stat.blocks) }
      this.#identity = stat
      this.#slots = WriterSlots.find(this.#realPath, stat)
      if (this.#slots !== undefined) return true
      this.#lock.undo()
      this.#lock = undefined
      this.#close()
      this.#open()
      return false
    }
    waitUntil(attempt, timeoutMs, () => keepsChanging(this.#path), RACE_TRIES)
    if (writers === 'one' && this.#slots?.tryTakeAll() !== true) throw lockedElsewhere(this.#path)
    return this
  }

  /** Checks the files beside it, before anything is changed. */
  check(): this {
    assertWakeFile(this.#realPath)
    if (this.#lock !== undefined) assertJournal(this.#realPath)
    return this
  }

  map(): this {
    this.#region = this.#mapped(this.#fd)
    // Undone before the lock is released, which keeps other writers away until then.
    this.#undo.push(() => this.#close())
    // Only now that the file is mapped: a file that is too large to map stays as it is.
    if (!this.#options.readOnly) fillHoles(nativeOs(this.#path), this.#fd, this.#size as FileSize, this.#path)
    return this
  }

  // ---- a file that does not exist yet

  /** Takes the lock of a name that no file has. */
  claimName(): this {
    // Checked before the lock too: a store that exists must give EEXIST, even if a writer holds its lock.
    assertNameIsFree(this.#path)
    const { mode } = this.#options
    const timeoutMs = this.#joinTimeoutMs
    const permissions = mode === undefined ? undefined : besideMode(mode)
    const lock = inFolderOf(this.#path, () =>
      takeWriterLock(this.#path, { kind: 'exclusive', isCreating: true, permissions, timeoutMs }),
    )
    this.#lock = lock
    // If another creator came first, the lock file belongs to its store by now.
    this.#undo.push(() => (this.#isNameTaken ? lock.release() : lock.undo()))
    this.#undo.push(() => this.#slots?.release())
    return this
  }

  /** Makes the file under a temporary name, maps and fills it, and gives it its own name. */
  create(): this {
    this.#undo.push(() => this.#close())
    this.#isNew = true
    const made = new UndoStack()
    this.#undo.push(() => this.#isUnused() && made.undo())
    const { mode } = this.#options
    assertWakeFile(this.#path)
    assertJournal(this.#path)
    try {
      placeNewStore(this.#path, this.#definition, made, () => {
        this.#fd = makeFile(temporaryName(this.#path), mode === undefined ? undefined : { mode })
        // Before it has its name, by which others could open it.
        this.#identity = identityOf(this.#fd)
        this.#slots = WriterSlots.find(temporaryName(this.#path), this.#identity)
        this.#slots?.tryTakeAll()
        this.#region = this.#mapped(this.#fd)
        removeJournal(this.#path)
        initialiseStore(this.#region, this.#definition, this.#options)
        this.#region.sync()
      })
    } catch (error) {
      // Only the store's own name counts, not that of a file that is made on the way.
      const { path, dest } = error as { path?: string; dest?: string }
      this.#isNameTaken = hasCode(error, 'EEXIST') && [path, dest].includes(this.#path)
      throw error
    }
    return this
  }

  // ---- both

  /** Becomes a writer, or a reader. */
  join(): Opened {
    const file = {
      definition: this.#definition,
      path: this.#path,
      realPath: this.#realPath,
      region: this.#region as Region,
      fd: this.#fd,
      identity: this.#identity,
      isNew: this.#isNew,
    }
    const named = new NamedFile(this.#fd, this.#path)
    return { notCloneable: NOT_CLONEABLE, ...file, named, options: this.#options, ...this.#membership(file) }
  }

  #membership(file: Omit<MappedFile, 'identity'>): Membership {
    const { writers, readOnly } = this.#options
    const lock = this.#lock
    const slots = this.#slots
    const identity = this.#identity
    if (writers === 'unlocked' || lock === undefined || slots === undefined || identity === undefined) {
      if (!readOnly && lock === undefined) removeMark(file.realPath)
      // Creation takes the locks in every mode: without them two creators could replace each other's sidecars.
      slots?.release()
      lock?.release()
      return joinUnguarded()
    }
    const join = writers === 'one' ? joinAlone : joinMany
    const options = { ...this.#options, joinTimeoutMs: this.#joinTimeoutMs }
    return join({ ...file, identity }, { lock, slots }, options)
  }

  /** Whether no other writer has the store that was made here open now, and nothing was written to it. */
  #isUnused(): boolean {
    const region = this.#region
    // Without a size, not even the header can be touched.
    const isEmpty = !region?.sizeBytes || recordCountIn(new Int32Array(region.buffer)) === 0
    return isEmpty && this.#lock?.isAlone() === true
  }

  #open(): void {
    const access = this.#options.readOnly ? O_RDONLY : O_RDWR
    try {
      this.#fd = openRegularFile(this.#path, access | constants.O_NOFOLLOW, NOT_A_STORE)
      this.#realPath = this.#path
    } catch (error) {
      if (!isSystemError(error, 'ELOOP')) throw error
      this.#fd = openRegularFile(this.#path, access, NOT_A_STORE)
      this.#realPath = realpathSync(this.#path)
    }
    // Before the lock: what the file is can't change, so a wrong file is refused at once, even if a writer has it open.
    this.#size = checkFile(this.#fd, this.#realPath, this.#definition)
  }

  /** Maps the file. From here on the region owns the descriptor, and closes it if the mapping fails. */
  #mapped(fd: number): Region {
    this.#fd = -1
    const { readOnly, reserve, access } = this.#options
    const sizeBytes = this.#size?.size
    const region = new MappedRegion(fd, this.#path, { readOnly, reserveBytes: reserve, sizeBytes, access })
    this.#fd = fd
    return region
  }

  #close(): void {
    const fd = this.#fd
    this.#fd = -1
    if (this.#region !== undefined) this.#region.close()
    else if (fd >= 0) closeSync(fd)
  }
}

function openInMemory(definition: StoreDefinition, options: CheckedOptions): Opened {
  const region = new HeapRegion(MEMORY_PATH)
  initialiseStore(region, definition, options)
  const recovered: RecoveredRecord[] = []
  return {
    notCloneable: NOT_CLONEABLE,
    definition,
    path: MEMORY_PATH,
    realPath: MEMORY_PATH,
    options,
    region,
    fd: undefined,
    identity: undefined,
    named: undefined,
    locks: undefined,
    writer: new Unguarded({ recovered, isUndisturbed: () => true }),
    recovered,
  }
}

export function checkPath(path: unknown): asserts path is string {
  if (typeof path !== 'string') {
    throw new MmapForgeError('ERR_TYPE_MISMATCH', `the path must be a string, not ${show(path)}`)
  }
  if (path === '' || path.includes('\0')) {
    throw new MmapForgeError('ERR_VALUE_OUT_OF_RANGE', `the path must name a file, not ${show(path)}`)
  }
}

function keepsChanging(path: string): MmapForgeError {
  const message =
    'another file took its place each time that it had been opened to be locked; find out what replaces it, and try again'
  return new MmapForgeError('ERR_REPLACED', message, { path })
}

function comesAndGoes(path: string, missing: unknown, cause: unknown): MmapForgeError {
  const message =
    `nothing is there when it is opened (${(missing as Error).message}), and something when it is created ` +
    `(${(cause as Error).message}); find out what removes it, or choose another path`
  return new MmapForgeError('ERR_REPLACED', message, { path, cause })
}

/** Whether a path is a dangling symbolic link: no store can be opened or created there. */
function isLinkToNowhere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && !existsSync(path)
}

/** Creating and opening: everything that happens before a store exists, and is undone where it fails. */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
} from 'node:fs'
import { MmapForgeError, show } from '../errors.ts'
import { encodeHeader } from '../format/header.ts'
import { sleepBriefly } from '../protocol/patience.ts'
import { HeapRegion } from '../region/heap-region.ts'
import { MappedRegion } from '../region/mapped-region.ts'
import type { Region } from '../region/region.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import { removeMark } from '../writers/clean-mark.ts'
import { becomeWriter } from '../writers/join.ts'
import { removeJournal } from '../writers/journal.ts'
import type { RecoveredRecord } from '../writers/recovery.ts'
import type { WriteGuard } from '../writers/writer.ts'
import { isSameFile, takeWriterLock, type WriterLock } from '../writers/writer-lock.ts'
import { assertNameIsFree, placeNewFile } from './creation.ts'
import { checkFile } from './file-check.ts'
import { initialSizeBytes } from './growth.ts'
import { type CheckedOptions, checkOptions, type StoreOptions } from './options.ts'

/** The path that opens a new, empty store on the heap, which vanishes when it is closed. */
export const MEMORY_PATH = ':memory:'

/** Everything a store takes over from its opening. */
export interface Opened {
  readonly definition: StoreDefinition
  readonly path: string
  /** Where the sidecars stand: `path` may be a symbolic link. */
  readonly realPath: string
  readonly options: CheckedOptions
  readonly region: Region
  /** Of the file that is mapped, open as long as the region is; undefined on the heap. */
  readonly fd: number | undefined
  readonly lock: WriterLock | undefined
  readonly guard: WriteGuard | undefined
  /** Grows when this writer takes a record over from a dead one. */
  readonly recovered: readonly RecoveredRecord[]
}

interface LockedFile {
  readonly fd: number
  readonly lock: WriterLock | undefined
  readonly realPath: string
}

/** @throws the errors of {@link checkOptions}, `EEXIST`, `ERR_LOCKED`, `ERR_READ_ONLY`, `ERR_NO_SPACE`, `ERR_TOO_LARGE` */
export function createStore(definition: StoreDefinition, path: string, given?: StoreOptions): Opened {
  const options = checkOptions(given)
  checkPath(path)
  if (options.readOnly) {
    throw new MmapForgeError('ERR_READ_ONLY', 'a store is created to be written; leave readOnly out', {
      path,
    })
  }
  if (path === MEMORY_PATH) return createInMemory(definition, options)
  // Before the lock too, which its holder must not be asked for in vain.
  assertNameIsFree(path)
  const { stallTimeoutMs: timeoutMs } = options
  const lock = takeWriterLock(path, { kind: 'exclusive', isCreating: true, timeoutMs })
  let undo = (): void => undefined
  try {
    let fd = -1
    const region = placeNewFile(
      path,
      definition,
      (newFd) => {
        fd = newFd
        return mapFile(newFd, path, options)
      },
      (created) => {
        removeJournal(path)
        initialise(created, definition, options)
      },
    )
    undo = () => region.close()
    return becomeWriter({ definition, path, realPath: path, options, region, fd, lock })
  } catch (error) {
    undo()
    // Where another creator came first, the lock file belongs to its store by now.
    if (hasCode(error, 'EEXIST')) lock.release()
    else lock.undo()
    throw error
  }
}

/** @throws as {@link createStore}, `ENOENT` instead of `EEXIST`, and the errors of a file that does not fit the schema */
export function openStore(definition: StoreDefinition, path: string, given?: StoreOptions): Opened {
  const options = checkOptions(given)
  checkPath(path)
  if (path === MEMORY_PATH) return createStore(definition, path, options)
  const { fd, lock, realPath } = openLocked(path, options)
  let undo = (): void => closeSync(fd)
  try {
    checkFile(fd, realPath, definition)
    undo = () => undefined // the region owns the descriptor, and closes it if it can't map it
    const region = mapFile(fd, path, options)
    undo = () => region.close()
    if (!options.readOnly && lock === undefined) removeMark(realPath)
    return becomeWriter({ definition, path, realPath, options, region, fd, lock })
  } catch (error) {
    undo()
    lock?.undo()
    throw error
  }
}

/** Opens the file, or creates it where there is none; another process may do the same at the same time. */
export function openOrCreateStore(definition: StoreDefinition, path: string, given?: StoreOptions): Opened {
  const { readOnly, writers, stallTimeoutMs } = checkOptions(given)
  const began = performance.now()
  for (;;) {
    try {
      return openStore(definition, path, given)
    } catch (error) {
      if (!hasCode(error, 'ENOENT') || readOnly) throw error
    }
    try {
      return createStore(definition, path, given)
    } catch (error) {
      // Another creator came first. Others may share its file, which stands there once it lets go of the lock.
      const stands = hasCode(error, 'EEXIST') && !isLinkToNowhere(path)
      const comes =
        writers !== 'one' && hasCode(error, 'ERR_LOCKED') && performance.now() - began <= stallTimeoutMs
      if (!stands && !comes) throw error
    }
    sleepBriefly()
  }
}

function createInMemory(definition: StoreDefinition, options: CheckedOptions): Opened {
  const region = new HeapRegion(MEMORY_PATH)
  initialise(region, definition, options)
  return {
    definition,
    path: MEMORY_PATH,
    realPath: MEMORY_PATH,
    options,
    region,
    fd: undefined,
    lock: undefined,
    guard: undefined,
    recovered: [],
  }
}

function mapFile(fd: number, path: string, { readOnly, reserve, access }: CheckedOptions): Region {
  return new MappedRegion(fd, path, { readOnly, reserveBytes: reserve, access })
}

function initialise(
  region: Region,
  { schema, layout, hash }: StoreDefinition,
  { capacity }: CheckedOptions,
): void {
  region.grow(initialSizeBytes(capacity, layout.recordSizeBytes))
  const header = encodeHeader({
    schemaHash: hash,
    schemaVersion: schema.version,
    recordSizeBytes: layout.recordSizeBytes,
    recordCount: 0n,
    capacityCount: BigInt(capacity),
  })
  new Uint8Array(region.buffer).set(header)
}

/** Opens a file and takes the lock that the options ask for; anew where another file takes the name in between. */
function openLocked(path: string, options: CheckedOptions): LockedFile {
  const { readOnly, writers, stallTimeoutMs: timeoutMs } = options
  for (;;) {
    const fd = openData(path, readOnly)
    try {
      // A symbolic link is another name of the same store, so that the lock and the sidecar go by what it leads to.
      const realPath = lstatSync(path).isSymbolicLink() ? realpathSync(path) : path
      if (readOnly || writers === 'unlocked') return { fd, lock: undefined, realPath }
      const lock = takeWriterLock(realPath, { kind: writers === 'many' ? 'shared' : 'exclusive', timeoutMs })
      if (isSameFile(fd, realPath)) return { fd, lock, realPath }
      lock.undo()
    } catch (error) {
      closeSync(fd)
      throw error
    }
    closeSync(fd)
  }
}

function openData(path: string, readOnly: boolean): number {
  // O_NONBLOCK means nothing for a regular file; opening a FIFO without it would wait for a peer forever.
  const fd = openSync(path, (readOnly ? constants.O_RDONLY : constants.O_RDWR) | constants.O_NONBLOCK)
  try {
    const stat = fstatSync(fd)
    if (stat.isDirectory()) readSync(fd, new Uint8Array(1)) // throws EISDIR, as the runtime words it
    if (!stat.isFile()) {
      throw new MmapForgeError('ERR_TYPE_MISMATCH', 'this is not a regular file, so it cannot be mapped', {
        path,
      })
    }
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function checkPath(path: unknown): asserts path is string {
  if (typeof path !== 'string') {
    throw new MmapForgeError('ERR_TYPE_MISMATCH', `the path must be a string, not ${show(path)}`)
  }
  if (path === '' || path.includes('\0')) {
    throw new MmapForgeError('ERR_VALUE_OUT_OF_RANGE', `the path must name a file, not ${show(path)}`)
  }
}

/** Nothing opens there, and nothing can be created there. */
function isLinkToNowhere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && !existsSync(path)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code
}

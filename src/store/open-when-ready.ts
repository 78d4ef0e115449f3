/** Opening a store that does not exist yet, or that another writer has yet to close, without blocking the thread. */
import { closeSync, fstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { isObject, MmapForgeError, show } from '../errors.ts'
import { HEADER_SIZE_BYTES, isHeaderUnfinished } from '../format/header.ts'
import { NOT_A_STORE, O_RDONLY, openRegularFile, readStart } from '../os/files.ts'
import { hasCode, onFile } from '../os/system-error.ts'
import { Patience } from '../protocol/patience.ts'
import { MEMORY_PATH } from '../region/heap-region.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import { throwIfAborted } from '../waiting/abort.ts'
import { PathWatch } from '../waiting/path-watch.ts'
import { checkWaitOptions, type WaitOptions } from '../waiting/waits.ts'
import { checkPath, type Opened, openOnce } from './opening.ts'
import { type CheckedOptions, checkOptions, type StoreOptions } from './options.ts'

/** The options of `openWhenReady`: those of `open`, and those for waiting. */
export interface OpenWhenReadyOptions extends StoreOptions, WaitOptions {}

/**
 * @throws the errors of `open` except `ENOENT`; {@link MmapForgeError} `ERR_TIMEOUT`; the reason of the signal
 */
export async function openStoreWhenReady(
  definition: StoreDefinition,
  path: string,
  given?: OpenWhenReadyOptions,
): Promise<Opened> {
  const { options, wait } = checked(path, given)
  throwIfAborted(wait.signal)
  if (path === MEMORY_PATH) return openOnce(definition, path, options)
  // Absolute, since the process may change its working directory while it waits.
  const place = resolve(path)
  const patience = new Patience(wait.timeoutMs)
  const watch = new PathWatch(place)
  const look = looker(definition, place, options)
  try {
    for (let seen: string | undefined; ; ) {
      throwIfAborted(wait.signal)
      watch.attend()
      const found = look()
      if (!(found instanceof NotReady)) return { ...found, path }
      if (patience.isOver) throw late(path, wait.timeoutMs, found)
      if (found.what !== seen) watch.hasChanged()
      seen = found.what
      await watch.pause(Math.min(patience.leftMs, found.lookWithinMs), wait)
    }
  } finally {
    watch.close()
  }
}

/** Why the store can't be opened yet, though it may be later. */
class NotReady {
  readonly what: string
  readonly cause: unknown
  /** The longest time until the next look. */
  readonly lookWithinMs: number

  constructor(what: string, cause?: unknown, lookWithinMs = Infinity) {
    this.what = what
    this.cause = cause
    this.lookWithinMs = lookWithinMs
  }
}

/** Time between looks at a lock, since nothing notifies of its release. */
const LOCKED_LOOK_MS = 20

/** Makes a function that tries to open the store once. It throws the errors that waiting can't mend. */
function looker(definition: StoreDefinition, path: string, options: CheckedOptions): () => Opened | NotReady {
  const { writers, lockTimeoutMs, stallTimeoutMs } = options
  // One of many also waits for writers that are opening or closing the store, as in `open`.
  const lockedMs = writers === 'many' ? Math.max(lockTimeoutMs, stallTimeoutMs) : lockTimeoutMs
  let locked: Patience | undefined
  return () => {
    try {
      return unfinished(path) ?? openOnce(definition, path, options, 0)
    } catch (error) {
      if (hasCode(error, 'ERR_LOCKED')) {
        locked ??= new Patience(lockedMs)
        if (locked.isOver) throw error
        return new NotReady('another writer has the store open', error, LOCKED_LOOK_MS)
      }
      locked = undefined
      if (hasCode(error, 'ENOENT')) return new NotReady('there is no such file', error)
      if (hasCode(error, 'ERR_REPLACED')) return new NotReady('the file is replaced again and again', error)
      throw error
    }
  }
}

/** Whether a file has no whole header yet, and may still become a store. The opening checks whether it is one. */
function unfinished(path: string): NotReady | undefined {
  const fd = openRegularFile(path, O_RDONLY, NOT_A_STORE)
  return onFile(path, () => {
    try {
      if (!isHeaderUnfinished(readStart(fd, HEADER_SIZE_BYTES))) return undefined
      const { size } = fstatSync(fd)
      return new NotReady(`the file has ${size} bytes, and not yet the header of a store`)
    } finally {
      closeSync(fd)
    }
  })
}

function checked(path: string, given: OpenWhenReadyOptions = {}) {
  if (!isObject(given)) {
    throw new MmapForgeError('ERR_TYPE_MISMATCH', `the options must be an object, not ${show(given)}`)
  }
  const { timeoutMs, signal, ref, ...rest } = given
  const options = checkOptions(rest)
  checkPath(path)
  return { options, wait: checkWaitOptions(path, { timeoutMs, signal, ref }, ['timeoutMs', 'signal', 'ref']) }
}

function late(path: string, timeoutMs: number, { what, cause }: NotReady): MmapForgeError {
  const message = `after ${timeoutMs} ms ${what}; wait longer, or look whether its writer is at work`
  return new MmapForgeError('ERR_TIMEOUT', message, { path, cause })
}

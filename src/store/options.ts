/** The options of `create`, `open`, `openOrCreate` and `openWhenReady`, checked. */
import { type ErrorCode, isObject, MmapForgeError, show } from '../errors.ts'
import { MAX_RECORD_COUNT } from '../format/header.ts'

/**
 * Who may write.
 * - `one`: this store alone; it holds an exclusive lock on `<path>.lock`
 * - `many`: up to 1,024 stores at once, in any processes and threads, which all open the file in this way
 * - `unlocked`: takes no lock; the caller guarantees that there is one writer at a time
 */
export type Writers = (typeof WRITERS)[number]
const WRITERS = ['one', 'many', 'unlocked'] as const

/** How records will be read: a hint to the kernel's read-ahead. */
export type Access = 'random' | 'sequential'

/** How to open or create a store. An unknown option throws `ERR_TYPE_MISMATCH`. */
export interface StoreOptions {
  /** Open for reading only: takes no lock, changes nothing, and works on a read-only file system. Default false. */
  readonly readOnly?: boolean | undefined
  /** Who may write. Default `one`. */
  readonly writers?: Writers | undefined
  /**
   * Keep what a record held while it is being written, in `<path>.journal`, so that the write of a process that crashes is
   * rolled back. False makes writes of several fields, strings and bytes faster, but a crash may leave a record with old and
   * new fields mixed. `many` writers always keep a journal, `unlocked` ones never do. Default true.
   */
  readonly journal?: boolean | undefined
  /** Records to make room for on creation: 1 to 2^32 - 1, default 64. The file grows beyond that by itself. */
  readonly capacity?: number | undefined
  /**
   * Permission bits of a new file, 0o600 to 0o777: exactly these, whatever the umask. Files beside the store get the same
   * bits for reading and writing. Default: 0o666, less the umask.
   */
  readonly mode?: number | undefined
  /**
   * Bytes of address space to reserve, so that the file grows in place up to this size. Takes no memory. Default: 128 MiB,
   * or a quarter more than the file if that is larger.
   */
  readonly reserve?: number | undefined
  /** How records will be read, a hint to the kernel's read-ahead. Default: the kernel's choice. */
  readonly access?: Access | undefined
  /**
   * How long to wait for another writer that is in the middle of a write, of an append, or of creating, opening or closing
   * the store, in milliseconds: 0 and up, finite. Default 1000.
   */
  readonly stallTimeoutMs?: number | undefined
  /**
   * How long to wait, in milliseconds, until other writers that exclude this one have closed the store: a `one` writer waits
   * for `one` and `many` writers, one of `many` for a `one` writer. 0 and up, finite. Blocks the thread, except in
   * `openWhenReady`. Default 0: `ERR_LOCKED` at once.
   */
  readonly lockTimeoutMs?: number | undefined
}

export interface CheckedOptions {
  readonly readOnly: boolean
  readonly writers: Writers
  readonly journal: boolean
  readonly capacity: number
  readonly mode: number | undefined
  readonly reserve: number | undefined
  readonly access: Access | undefined
  readonly stallTimeoutMs: number
  readonly lockTimeoutMs: number
}

/** The initial capacity of a file: the Go project's default, so that both make the same files. */
export const DEFAULT_CAPACITY_COUNT = 64
export const DEFAULT_STALL_TIMEOUT_MS = 1000

/** @throws {MmapForgeError} `ERR_TYPE_MISMATCH` or `ERR_VALUE_OUT_OF_RANGE`, naming the option. */
export function checkOptions(options: StoreOptions = {}): CheckedOptions {
  if (!isObject(options)) {
    throw new MmapForgeError('ERR_TYPE_MISMATCH', `the options must be an object, not ${show(options)}`)
  }
  const {
    readOnly = false,
    writers = 'one',
    journal = true,
    capacity = DEFAULT_CAPACITY_COUNT,
    mode,
    reserve,
    access,
    stallTimeoutMs = DEFAULT_STALL_TIMEOUT_MS,
    lockTimeoutMs = 0,
    ...unknown
  } = options
  for (const name of Object.keys(unknown)) {
    throw new MmapForgeError('ERR_TYPE_MISMATCH', `there is no option "${name}"`)
  }
  check('readOnly', readOnly, typeof readOnly === 'boolean', 'true or false', 'ERR_TYPE_MISMATCH')
  check('writers', writers, WRITERS.includes(writers), '"one", "many" or "unlocked"')
  check('journal', journal, typeof journal === 'boolean', 'true or false', 'ERR_TYPE_MISMATCH')
  check('journal', journal, journal || writers !== 'many', 'true where writers is "many"')
  check(
    'access',
    access,
    access === undefined || access === 'random' || access === 'sequential',
    '"random" or "sequential"',
  )
  checkInteger('capacity', capacity, 1, MAX_RECORD_COUNT)
  if (mode !== undefined) checkMode(mode)
  if (reserve !== undefined) checkInteger('reserve', reserve, 0, Number.MAX_SAFE_INTEGER)
  checkTimeout('stallTimeoutMs', stallTimeoutMs)
  checkTimeout('lockTimeoutMs', lockTimeoutMs)
  return { readOnly, writers, journal, capacity, mode, reserve, access, stallTimeoutMs, lockTimeoutMs }
}

/** A store that its owner may not read and write would be of no use to its creator. */
const MIN_MODE = 0o600
const MAX_MODE = 0o777

function checkMode(mode: unknown): void {
  check('mode', mode, typeof mode === 'number', 'a number', 'ERR_TYPE_MISMATCH')
  const isInRange = Number.isInteger(mode) && (mode as number) >= MIN_MODE && (mode as number) <= MAX_MODE
  check('mode', mode, isInRange, 'permission bits from 0o600 to 0o777')
}

function checkTimeout(name: string, value: number): void {
  check(name, value, typeof value === 'number', 'a number', 'ERR_TYPE_MISMATCH')
  check(name, value, value >= 0 && value < Infinity, 'finite and not negative')
}

function checkInteger(name: string, value: unknown, min: number, max: number): void {
  check(name, value, typeof value === 'number', 'a number', 'ERR_TYPE_MISMATCH')
  const inRange = Number.isInteger(value) && (value as number) >= min && (value as number) <= max
  check(name, value, inRange, `an integer from ${min} to ${max}`)
}

function check(
  name: string,
  value: unknown,
  holds: boolean,
  wanted: string,
  code: ErrorCode = 'ERR_VALUE_OUT_OF_RANGE',
): void {
  if (!holds) throw new MmapForgeError(code, `the option ${name} must be ${wanted}, not ${show(value)}`)
}

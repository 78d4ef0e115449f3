/** The options of waiting and watching, checked. */
import { isObject, MmapForgeError, show } from '../errors.ts'
import { MAX_RECORD_COUNT } from '../format/header.ts'
import type { AbortSignalLike } from './abort.ts'

/** The options of every wait. */
export interface WatchOptions {
  /** An `AbortSignal`: ends the wait when it aborts, with its reason. */
  readonly signal?: AbortSignalLike | undefined
  /**
   * Keeps the process alive while it waits, as timers do. Default true. With false, a process that has nothing else to do
   * exits, and an `await` of the wait never returns.
   */
  readonly ref?: boolean | undefined
}

export interface WaitOptions extends WatchOptions {
  /** How long to wait, in milliseconds; 0 checks once. Default: for ever. */
  readonly timeoutMs?: number | undefined
}

export interface AppendedOptions extends WatchOptions {
  /** The first index to yield, 0 to `length`. Default: `length`, so that only new records are yielded. */
  readonly from?: number | undefined
}

export interface CheckedWait {
  readonly signal: AbortSignalLike | undefined
  readonly ref: boolean
  readonly timeoutMs: number
  readonly from: number | undefined
}

/**
 * @param names of the known options
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH`, `ERR_VALUE_OUT_OF_RANGE`
 */
export function checkWaitOptions(path: string, given: unknown, names: readonly string[]): CheckedWait {
  const options = given === undefined ? {} : given
  const refuse = (what: string, code: 'ERR_TYPE_MISMATCH' | 'ERR_VALUE_OUT_OF_RANGE' = 'ERR_TYPE_MISMATCH') =>
    new MmapForgeError(code, what, { path })
  if (!isObject(options)) {
    throw refuse(`the options must be an object, not ${show(options)}`)
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw refuse(`there is no option "${name}"; there are ${names.join(', ')}`)
  }
  const { signal, ref = true, timeoutMs = Infinity, from } = options as WaitOptions & AppendedOptions
  if (signal !== undefined && !isSignal(signal)) {
    throw refuse(`the option signal must be an AbortSignal, not ${show(signal)}`)
  }
  if (typeof ref !== 'boolean') throw refuse(`the option ref must be true or false, not ${show(ref)}`)
  if (typeof timeoutMs !== 'number') {
    throw refuse(`the option timeoutMs must be a number, not ${show(timeoutMs)}`)
  }
  if (!(timeoutMs >= 0)) {
    throw refuse(`the option timeoutMs must be 0 or more, not ${show(timeoutMs)}`, 'ERR_VALUE_OUT_OF_RANGE')
  }
  return { signal, ref, timeoutMs, from }
}

/** @throws {MmapForgeError} `ERR_TYPE_MISMATCH`, `ERR_VALUE_OUT_OF_RANGE` if no store can have that length */
export function checkWantedLength(path: string, length: unknown): asserts length is number {
  if (typeof length === 'number' && Number.isInteger(length) && length >= 0 && length <= MAX_RECORD_COUNT) {
    return
  }
  throw new MmapForgeError(
    typeof length === 'number' ? 'ERR_VALUE_OUT_OF_RANGE' : 'ERR_TYPE_MISMATCH',
    `the length to wait for must be an integer from 0 to ${MAX_RECORD_COUNT}, not ${show(length)}`,
    { path },
  )
}

/** @throws {MmapForgeError} `ERR_OUT_OF_BOUNDS`, `ERR_TYPE_MISMATCH` for anything but an integer from 0 to `count` */
export function checkFrom(path: string, from: unknown, count: number): asserts from is number {
  if (typeof from === 'number' && Number.isInteger(from) && from >= 0 && from <= count) return
  throw new MmapForgeError(
    typeof from === 'number' ? 'ERR_OUT_OF_BOUNDS' : 'ERR_TYPE_MISMATCH',
    `the option from must be an integer from 0 to ${count}, the length, not ${show(from)}`,
    { path },
  )
}

function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener } = value as Partial<AbortSignalLike>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}

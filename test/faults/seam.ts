/**
 * Between the library and the system: sees every call that the library makes, and has some of them fail. All of
 * `node:fs` that works on this thread, and all of `NativeOs`.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { nativeOs } from '../../src/os/native-os.ts'
import type { NativeOs } from '../../src/os/os.ts'
import { AddressRange } from '../../src/region/address-range.ts'
import { BLIND, type Failure, HALF, HALF_FULL, TAKEN } from './errnos.ts'
import { fsError, nativeError } from './system-errors.ts'

type Method = (...args: never[]) => unknown
type Methods = Record<string, Method>

/** One call, as it was made where nothing failed. */
export interface Call {
  readonly name: string
  /** How many of this name came before it. */
  readonly nth: number
  /** The file it names, if any. */
  readonly path: string | undefined
  /** Of an `open`. */
  readonly flags: string | number | undefined
  readonly hasFailed: boolean
}

/**
 * - `once`: that call
 * - `ever`: that call, and all of the same name that come after it
 * - `dead`: that call, and all others that have to do with the disk
 */
export type Extent = 'once' | 'ever' | 'dead'

export interface Fault {
  readonly name: string
  readonly nth: number
  readonly failure: Failure
  readonly extent: Extent
}

/** Calls of some names that always fail: a file system that lacks something. */
export type Lacking = Readonly<Record<string, Failure>>

export interface Conditions {
  readonly fault: Fault | undefined
  readonly lacking: Lacking
  /** Whether the act goes on after it returns. */
  readonly isAsync: boolean
}

/** So many calls in one act are no end of it. */
const MAX_CALLS = 20_000

/** They change nothing on the disk, and don't look at it. */
const NOT_OF_THE_DISK = [
  'reserve',
  'mapZeroPages',
  'unmap',
  'advise',
  'tryLock',
  'unlock',
  'tryLockRange',
  'unlockRange',
  'watch',
]
const REMOVALS = ['rmSync', 'unlinkSync', 'renameSync']
const UNMAPPINGS = ['mapZeroPages', 'unmap']

/** What became of an act. */
export interface Report {
  readonly calls: Call[]
  /** Whether the fault came about. */
  hasFailed: boolean
  /** Names that the library was not allowed to remove. */
  readonly notRemoved: Set<string>
  /** Whether it was not allowed to unmap something. */
  isMappingStuck: boolean
  /** Whether a sync of the store's file has failed. */
  isSyncFailed: boolean
  /** Calls that can't be right whatever fails: a descriptor used after it was closed, a loop without end. */
  readonly misdeeds: string[]
}

export class Seam {
  #isIn = false
  #report: Report | undefined
  #fault: Fault | undefined
  #lacking: Lacking = {}
  #isAsync = false
  #counts = new Map<string, number>()
  /** Of ranges that were ever reserved. */
  readonly #lengths = new Set<number>()
  #isDraining = false
  /** Descriptors and addresses of this act: what the garbage collector gives back of others is no part of it. */
  readonly #ours = new Set<unknown>()

  /** Comes between; once for a process. */
  install(): void {
    const files = fs as unknown as Methods
    for (const name of Object.keys(files)) {
      if (isSeen(name)) files[name] = this.#wrapped(name, files[name] as Method)
    }
    syncBuiltinESMExports()
    const os = nativeOs('test') as NativeOs & Methods
    for (const name of Object.keys(os)) {
      const method = os[name] as unknown
      if (typeof method === 'function') Object.assign(os, { [name]: this.#wrapped(name, method as Method) })
    }
  }

  /** Runs an act of which a call fails, if any. What the act throws, it throws. */
  async during(report: Report, { fault, lacking, isAsync }: Conditions, act: () => unknown): Promise<void> {
    this.#drain()
    this.#counts.clear()
    this.#fault = fault
    this.#lacking = lacking
    this.#isAsync = isAsync
    this.#report = report
    try {
      await act()
    } finally {
      this.#report = undefined
      this.#ours.clear()
    }
  }

  /** Takes every range that was put aside, so that each act has to reserve its own. */
  #drain(): void {
    this.#isDraining = true
    for (const lengthBytes of this.#lengths) {
      try {
        for (;;) AddressRange.take(nativeOs('test'), lengthBytes)
      } catch {
        // That was the last one.
      }
    }
    this.#isDraining = false
  }

  #wrapped(name: string, method: Method): Method {
    const wrapper = (...args: never[]): unknown => {
      if (name === 'reserve') {
        if (this.#isDraining) throw nativeError(name, 'ENOMEM')
        this.#lengths.add((args as readonly unknown[])[0] as number)
      }
      if (this.#report === undefined || this.#isIn || this.#isOfAnother(name, args)) return method(...args)
      return this.#call(this.#report, name, method, args)
    }
    return Object.assign(wrapper, method)
  }

  /** While the event loop runs, what the garbage collector has found of other acts is given back. */
  #isOfAnother(name: string, args: readonly unknown[]): boolean {
    return this.#isAsync && (name === 'unmap' || name === 'closeSync') && !this.#ours.has(args[0])
  }

  #call(report: Report, name: string, method: Method, args: readonly never[]): unknown {
    const nth = this.#counts.get(name) ?? 0
    this.#counts.set(name, nth + 1)
    const isOver = report.calls.length >= MAX_CALLS
    if (isOver) {
      if (report.misdeeds.length === 0)
        report.misdeeds.push(`after ${MAX_CALLS} calls it still calls ${name}`)
      throw new Error('there is no end to it')
    }
    const failure = this.#failureOf(name, nth)
    const path = typeof args[0] === 'string' ? args[0] : undefined
    const flags = name === 'openSync' ? (args[1] as string | number | undefined) : undefined
    const call = { name, nth, path, flags, hasFailed: false }
    report.calls.push(call)
    this.#isIn = true
    try {
      if (failure !== undefined) return this.#fail(report, failure, name, method, args)
      const result = method(...args)
      if (name === 'openSync' || name === 'reserve') this.#ours.add(result)
      return result
    } catch (error) {
      call.hasFailed = true
      if ((error as { code?: string }).code === 'EBADF')
        report.misdeeds.push(`${name} of a closed descriptor`)
      throw error
    } finally {
      this.#isIn = false
    }
  }

  #failureOf(name: string, nth: number): Failure | undefined {
    const fault = this.#fault
    if (fault !== undefined && this.#report !== undefined) {
      const isIt = name === fault.name && nth === fault.nth
      const isLater =
        this.#report.hasFailed &&
        ((fault.extent === 'ever' && name === fault.name) ||
          (fault.extent === 'dead' && !NOT_OF_THE_DISK.includes(name)))
      if (isIt || isLater) {
        this.#report.hasFailed = true
        // A second half is none at all.
        return isIt || fault.failure !== HALF ? fault.failure : 'none'
      }
    }
    return this.#lacking[name]
  }

  #fail(report: Report, failure: Failure, name: string, method: Method, args: readonly never[]): unknown {
    const [first, second] = args as readonly unknown[]
    if (REMOVALS.includes(name)) report.notRemoved.add(String(first))
    if (UNMAPPINGS.includes(name)) report.isMappingStuck = true
    if (name.startsWith('syncFile')) report.isSyncFailed = true
    // close(2) gives the descriptor back whatever it says.
    if (name === 'closeSync') method(...args)
    if (failure === BLIND || failure === TAKEN || name === 'existsSync') return false
    if (failure === 'none') return 0
    if (failure === HALF) {
      const [fd, bytes, offset, length, position] = args as readonly unknown[]
      const half = Math.floor((length as number) / 2)
      return method(...([fd, bytes, offset, half, position] as never[]))
    }
    if (failure === HALF_FULL) {
      const [fd, offset, length, keepSize] = args as readonly unknown[]
      method(...([fd, offset, Math.ceil((length as number) / 2), keepSize] as never[]))
      throw nativeError(name, 'ENOSPC')
    }
    if (!name.endsWith('Sync') && name !== 'watch') {
      const error = nativeError(name, failure)
      if (name === 'syncFileAsync') return Promise.reject(error)
      throw error
    }
    if (failure === 'ENOENT' && isSilent(second)) return undefined
    throw fsError(name, failure, first)
  }
}

/** Whether a function of `node:fs` is seen here: all that work on this thread, and `watch`. */
export function isSeen(name: string): boolean {
  return name.endsWith('Sync') || name === 'watch'
}

/** Options of `node:fs` that make nothing of a missing file. */
function isSilent(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) return false
  const { force, throwIfNoEntry } = options as { force?: boolean; throwIfNoEntry?: boolean }
  return force === true || throwIfNoEntry === false
}

export function newReport(): Report {
  return {
    calls: [],
    hasFailed: false,
    notRemoved: new Set(),
    isMappingStuck: false,
    isSyncFailed: false,
    misdeeds: [],
  }
}

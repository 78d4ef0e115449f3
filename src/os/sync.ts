/**
 * Making files durable. Node.js refuses these calls by descriptor to a program that runs with `--permission`,
 * whatever it was granted. If addons were granted, a native call does the same.
 */
import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { loadKoffi } from './koffi.ts'
import { hasCode, SystemError } from './system-error.ts'

/** fdatasync(2): the data of a file, and what is needed to find it, such as its size. */
export function syncData(fd: number): void {
  unlessRefused(
    () => fdatasyncSync(fd),
    () => nativeSync('fdatasync', fd),
  )
}

/** fsync(2): a file, or the names in a folder. */
export function syncWhole(fd: number): void {
  unlessRefused(
    () => fsyncSync(fd),
    () => nativeSync('fsync', fd),
  )
}

/**
 * {@link syncData} on another thread, and on a descriptor of its own: the kernel tells each open file once of what could not
 * be written (errseq_t), so that `syncData` of the same one would succeed while this is under way, or before its failure is
 * heard of.
 */
export async function syncDataAsync(fd: number): Promise<void> {
  const own = openedAnew(fd)
  try {
    await dataSynced(own ?? fd)
  } finally {
    if (own !== undefined) closeSync(own)
  }
}

/**
 * Opens an open file once more, for reading, which is enough to sync it. Undefined where that can't be done, as
 * without proc(5).
 */
function openedAnew(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, 'r')
  } catch {
    return undefined
  }
}

async function dataSynced(fd: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      fdatasync(fd, (error) => (error ? reject(error) : resolve()))
    })
  } catch (error) {
    if (!isRefusal(error)) throw error
    await nativeSyncAsync('fdatasync', fd)
  }
}

function unlessRefused(sync: () => void, otherwise: () => void): void {
  try {
    sync()
  } catch (error) {
    if (!isRefusal(error)) throw error
    otherwise()
  }
}

/** Thrown before the call: nothing has been done, and it hides no failure of the disk. */
function isRefusal(error: unknown): boolean {
  return hasCode(error, 'ERR_ACCESS_DENIED')
}

type Name = 'fdatasync' | 'fsync'

interface NativeSync {
  (fd: number): number
  async(fd: number, done: (error: unknown, result: number) => void): void
}

const bound = new Map<Name, NativeSync>()

function nativeSync(name: Name, fd: number): void {
  if (callOf(name)(fd) !== 0) throw failureOf(name)
}

function nativeSyncAsync(name: Name, fd: number): Promise<void> {
  return new Promise((resolve, reject) => {
    callOf(name).async(fd, (error, result) => {
      if (error !== null) reject(error)
      else if (result !== 0) reject(failureOf(name))
      else resolve()
    })
  })
}

/** Sound: the calls take no pointers. */
function callOf(name: Name): NativeSync {
  const call =
    bound.get(name) ?? (loadKoffi().load(null).func(`int ${name}(int fd)`) as unknown as NativeSync)
  bound.set(name, call)
  return call
}

/** koffi keeps the errno of a call on another thread for the function that it calls back. */
function failureOf(name: Name): SystemError {
  return new SystemError(name, loadKoffi().errno())
}

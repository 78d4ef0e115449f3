/** Making files durable. */
import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { unlessRefused, unlessRefusedAsync } from './refused-calls.ts'

/** fdatasync(2): syncs the data of a file, and what is needed to read it back, such as its size. */
export function syncData(fd: number): void {
  unlessRefused(() => fdatasyncSync(fd), 'fdatasync', fd)
}

/** fsync(2): syncs a file, or the names in a folder. */
export function syncWhole(fd: number): void {
  unlessRefused(() => fsyncSync(fd), 'fsync', fd)
}

/**
 * {@link syncData} on another thread, and on a descriptor of its own: the kernel reports a failed write once to each open
 * file (errseq_t). On a shared one, `syncData` could succeed while this is under way, or before its failure is known.
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
 * Opens an open file again, for reading, which is enough to sync it. Undefined if that can't be done, as without proc(5).
 */
function openedAnew(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, 'r')
  } catch {
    return undefined
  }
}

function dataSynced(fd: number): Promise<void> {
  const synced = () =>
    new Promise<void>((resolve, reject) => {
      fdatasync(fd, (error) => (error ? reject(error) : resolve()))
    })
  return unlessRefusedAsync(synced, 'fdatasync', fd)
}

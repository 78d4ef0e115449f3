/** Making files durable. */
import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import { unlessRefused, unlessRefusedAsync } from './refused-calls.ts'

/** fdatasync(2): the data of a file, and what is needed to find it, such as its size. */
export function syncData(fd: number): void {
  unlessRefused(() => fdatasyncSync(fd), 'fdatasync', fd)
}

/** fsync(2): a file, or the names in a folder. */
export function syncWhole(fd: number): void {
  unlessRefused(() => fsyncSync(fd), 'fsync', fd)
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

function dataSynced(fd: number): Promise<void> {
  const synced = () =>
    new Promise<void>((resolve, reject) => {
      fdatasync(fd, (error) => (error ? reject(error) : resolve()))
    })
  return unlessRefusedAsync(synced, 'fdatasync', fd)
}

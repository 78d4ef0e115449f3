/** The writer lock: an exclusive flock on `<path>.lock`, which the kernel releases when its holder dies. */
import { closeSync, openSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import { nativeOs } from '../os/native-os.ts'

export const LOCK_SUFFIX = '.lock'

export interface WriterLock {
  release(): void
}

/**
 * Takes the lock or fails at once. The lock file is left in place when the lock is released: removing it would let a
 * third process lock a new file of the same name beside a second one that holds the old.
 *
 * @throws {MmapForgeError} `ERR_LOCKED` while another process or thread holds it
 */
export function takeWriterLock(path: string): WriterLock {
  const os = nativeOs(path)
  const fd = openSync(path + LOCK_SUFFIX, 'a')
  try {
    if (!os.tryLock(fd, 'exclusive')) {
      throw new MmapForgeError(
        'ERR_LOCKED',
        'another process or thread has the store open for writing; close it there first, or open with readOnly: true',
        { path },
      )
    }
  } catch (error) {
    closeSync(fd)
    throw error
  }
  return { release: () => closeSync(fd) }
}

/** Which boot of the system this is: what the kernel has not written yet is lost at the next one. */
import { closeSync } from 'node:fs'
import { O_RDONLY, openRegularFile, readStart } from './files.ts'

const BOOT_ID_PATH = '/proc/sys/kernel/random/boot_id'
const BOOT_ID = /^[\da-f-]{36}$/

/** Read once: no process outlives the boot that it runs in. */
let known: string | undefined

/** An id that no other boot of this or any other system has; undefined if the system does not tell. */
export function bootId(): string | undefined {
  known ??= readBootId()
  return known
}

function readBootId(): string | undefined {
  try {
    const fd = openRegularFile(BOOT_ID_PATH, O_RDONLY, 'this is not the id of the boot')
    try {
      const id = new TextDecoder().decode(readStart(fd, 64)).trim()
      return BOOT_ID.test(id) ? id : undefined
    } finally {
      closeSync(fd)
    }
  } catch {
    // No /proc is mounted, or the runtime does not permit reading it.
    return undefined
  }
}

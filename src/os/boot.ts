/** Which start of the system this is: what the kernel has not written yet is lost when another begins. */
import { closeSync } from 'node:fs'
import { O_RDONLY, openRegularFile, readStart } from './files.ts'

const BOOT_ID_PATH = '/proc/sys/kernel/random/boot_id'
const BOOT_ID = /^[\da-f-]{36}$/

/** Asked for once: no process outlives the system that it runs on. */
let known: string | undefined

/** An id that no other start of this system, or of another, has; undefined where the system does not tell. */
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
    // No /proc is mounted, or the runtime does not let anybody read there.
    return undefined
  }
}

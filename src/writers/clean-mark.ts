/**
 * The mark that the lock file holds while no writer has the store open: an opener that finds it true knows that no
 * record was left mid-write, and need not look at every one of them.
 */
import { closeSync, ftruncateSync, lstatSync } from 'node:fs'
import { encodeMark, LOCK_FILE, LOCK_SUFFIX, MARK_BYTES, TAKEN_MARK } from '../format/lock.ts'
import { bootId } from '../os/boot.ts'
import { showsStores } from '../os/file-systems.ts'
import { O_RDWR, readStart, writeWhole } from '../os/files.ts'
import type { NativeOs } from '../os/os.ts'
import { HEAD_BYTES, openSidecar } from '../os/sidecars.ts'
import { hasCode } from '../os/system-error.ts'

const NS_PER_MS = 1_000_000n
/** Some file systems tell times no finer than a millisecond, and their clock may tick this slowly. */
const TICK_MS = 10

/**
 * The start of the system that a mark beside a file has to name: after a loss of power, file and mark may be of any time.
 *
 * @returns undefined where no mark is to be left, or believed: the system does not tell its starts apart, or the file system
 *   does not show who writes to the file without heeding the mark, such as the original
 */
export function bootOfMarks(path: string): string | undefined {
  const boot = bootId()
  return boot !== undefined && showsStores(path) ? boot : undefined
}

/**
 * Describes a file as its last writer left it. A store to a mapped page sets both times (mmap(2), NOTES). Who copies or
 * unpacks a file may restore the one of its modification, which changes the other one.
 *
 * @param fd of that very file: its name may lead to another one by now
 * @param boot as {@link bootOfMarks} has it
 * @returns undefined as long as the next store to the file might leave it with the same time
 */
export function cleanMark(os: NativeOs, fd: number, boot: string, recordCount: number): string | undefined {
  const { dev, ino, size, mtimeNs, ctimeNs } = os.statFile(fd)
  const isToTheMillisecond = mtimeNs % NS_PER_MS === 0n
  if (isToTheMillisecond && Date.now() - Number(mtimeNs / NS_PER_MS) < TICK_MS) return undefined
  return encodeMark({ recordCount, device: dev, inode: ino, sizeBytes: size, bootId: boot, mtimeNs, ctimeNs })
}

/**
 * Reads the mark and takes it away, so that a writer's death leaves none. What stands there from then on tells whoever
 * closes the store last whether an unlocked writer has come meanwhile.
 */
export function takeMark(lockFd: number): string {
  const mark = new TextDecoder().decode(readStart(lockFd, MARK_BYTES))
  try {
    write(lockFd, TAKEN_MARK)
  } catch (error) {
    // A full disk is no reason to refuse a store: without a mark that was taken, none is left either.
    if (mark !== '') throw error
  }
  return mark
}

/** Takes the mark away without the lock: an unlocked writer is about to make it untrue. */
export function removeMark(path: string): void {
  const lockPath = path + LOCK_SUFFIX
  const stat = lstatSync(lockPath, { throwIfNoEntry: false })
  // What is no lock file of ours has no mark, and nobody who locks it gets in.
  if (stat?.isFile() !== true || stat.size === 0) return
  const fd = unlessForeign(() => openSidecar(lockPath, O_RDWR, LOCK_FILE))
  if (fd === undefined) return
  try {
    ftruncateSync(fd, 0)
  } finally {
    closeSync(fd)
  }
}

function unlessForeign<T>(open: () => T): T | undefined {
  try {
    return open()
  } catch (error) {
    if (hasCode(error, 'ERR_TYPE_MISMATCH', 'ERR_BAD_MAGIC')) return undefined
    throw error
  }
}

/** Whether nobody but writers that hold the lock has come since one of them took the mark. */
export function isMarkTaken(lockFd: number): boolean {
  const head = readStart(lockFd, HEAD_BYTES)
  return LOCK_FILE.isOurs(head) && new TextDecoder().decode(head).startsWith(TAKEN_MARK)
}

/** Has nobody leave a mark who has the store open now: one of its records may be stuck, and only who looks at all can tell. */
export function forgetMark(lockFd: number): void {
  if (isMarkTaken(lockFd)) ftruncateSync(lockFd, 0)
}

/** Over whatever stands there. Truncating it before may wait for the disk on some file systems. */
export function writeMark(lockFd: number, mark: string): void {
  write(lockFd, mark)
}

/** As bytes: for a string, Deno writes where the descriptor stands, whatever the position. */
function write(fd: number, text: string): void {
  writeWhole(fd, new TextEncoder().encode(text))
}

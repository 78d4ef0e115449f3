/**
 * The mark that the lock file holds while no writer has the store open: an opener that finds it true knows that no
 * record was left mid-write, and need not look at every one of them.
 */
import { closeSync, ftruncateSync, lstatSync, readSync } from 'node:fs'
import { encodeMark, LOCK_SUFFIX, MARK_BYTES, TAKEN_MARK } from '../format/lock.ts'
import { bootId } from '../os/boot.ts'
import { O_RDWR, openSidecar, readStart, writeWhole } from '../os/files.ts'
import type { NativeOs } from '../os/os.ts'

const NS_PER_MS = 1_000_000n
/** Some file systems tell times no finer than a millisecond, and their clock may tick this slowly. */
const TICK_MS = 10

/**
 * Describes a file as its last writer left it. Whoever writes to it without heeding the mark, the original or an unlocked
 * writer, changes its count, its size, or its modification time: a store to a mapped page sets that (mmap(2), NOTES),
 * except on tmpfs, where only unlocked writers of ours are told, who take the mark away. A mark of another start of the
 * system is worth nothing: after a loss of power, file and mark may be of any time.
 *
 * @param fd of that very file: its name may lead to another one by now
 * @returns undefined as long as the next store to the file might leave it with the same time, and where the system does
 *   not tell its starts apart
 */
export function cleanMark(os: NativeOs, fd: number, recordCount: number): string | undefined {
  const boot = bootId()
  if (boot === undefined) return undefined
  const { dev, ino, size, mtimeNs } = os.statFile(fd)
  const isToTheMillisecond = mtimeNs % NS_PER_MS === 0n
  if (isToTheMillisecond && Date.now() - Number(mtimeNs / NS_PER_MS) < TICK_MS) return undefined
  return encodeMark({ recordCount, device: dev, inode: ino, sizeBytes: size, bootId: boot, mtimeNs })
}

/**
 * Reads the mark and takes it away, so that a writer's death leaves none. What stands there from then on tells whoever
 * closes the store last whether an unlocked writer has come meanwhile.
 */
export function takeMark(lockFd: number): string {
  const bytes = new Uint8Array(MARK_BYTES + 1)
  // Where a read gives only a part, that is no mark.
  const mark = new TextDecoder().decode(bytes.subarray(0, readSync(lockFd, bytes, 0, bytes.length, 0)))
  try {
    if (mark.length > MARK_BYTES) ftruncateSync(lockFd, 0)
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
  // What is a link is never opened, let alone believed.
  if (stat?.isFile() !== true || stat.size === 0 || stat.nlink > 1) return
  const fd = openSidecar(lockPath, O_RDWR, 'the lock file')
  try {
    ftruncateSync(fd, 0)
  } finally {
    closeSync(fd)
  }
}

/** Whether nobody but writers that hold the lock has come since one of them took the mark. */
export function isMarkTaken(lockFd: number): boolean {
  return new TextDecoder().decode(readStart(lockFd, TAKEN_MARK.length)) === TAKEN_MARK
}

/** Over whatever stands there. Truncating it before may wait for the disk on some file systems. */
export function writeMark(lockFd: number, mark: string): void {
  write(lockFd, mark)
}

/** As bytes: for a string, Deno writes where the descriptor stands, whatever the position. */
function write(fd: number, text: string): void {
  writeWhole(fd, new TextEncoder().encode(text))
}

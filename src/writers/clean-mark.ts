/**
 * The clean mark, which the lock file holds while no writer has the store open. An opener that finds it true knows that no
 * record was left mid-write, and need not look at every record.
 */
import { closeSync, ftruncateSync, lstatSync } from 'node:fs'
import { encodeMark, LOCK_FILE, LOCK_SUFFIX, MARK_BYTES, TAKEN_MARK } from '../format/lock.ts'
import { bootId } from '../os/boot.ts'
import { showsStores } from '../os/file-systems.ts'
import { O_RDWR, readStart, writeWhole } from '../os/files.ts'
import type { NativeOs } from '../os/os.ts'
import { HEAD_BYTES, isForeign, openSidecar } from '../os/sidecars.ts'

const NS_PER_MS = 1_000_000n
/** Some file systems keep times to the millisecond only, and their clock may tick this slowly. */
const TICK_MS = 10

/**
 * The boot id that a mark must name: after a loss of power, file and mark may each be of any earlier time.
 *
 * @returns undefined where marks must be neither left nor believed: the system has no boot id, or the file system does not
 *   show writes by a program that ignores the mark, such as the Go project's
 */
export function bootOfMarks(path: string): string | undefined {
  const boot = bootId()
  return boot !== undefined && showsStores(path) ? boot : undefined
}

/**
 * Describes a file as its last writer left it. A store to a mapped page sets both times (mmap(2), NOTES). A program that
 * copies or unpacks the file may restore mtime, but that changes ctime.
 *
 * @param fd of that file: its name may lead to another one by now
 * @param boot as {@link bootOfMarks} returns it
 * @returns undefined while another store to the file could still leave it with the same times
 */
export function cleanMark(os: NativeOs, fd: number, boot: string, recordCount: number): string | undefined {
  const { dev, ino, size, mtimeNs, ctimeNs } = os.statFile(fd)
  const isToTheMillisecond = mtimeNs % NS_PER_MS === 0n
  if (isToTheMillisecond && Date.now() - Number(mtimeNs / NS_PER_MS) < TICK_MS) return undefined
  return encodeMark({ recordCount, device: dev, inode: ino, sizeBytes: size, bootId: boot, mtimeNs, ctimeNs })
}

/**
 * Reads the mark and replaces it by {@link TAKEN_MARK}, so that a writer that dies leaves no clean mark. An unlocked writer
 * removes that too, which tells the last writer to close that one has come meanwhile.
 */
export function takeMark(lockFd: number): string {
  const mark = new TextDecoder().decode(readStart(lockFd, MARK_BYTES))
  try {
    write(lockFd, TAKEN_MARK)
  } catch (error) {
    // A full disk is no reason to refuse the store: if no mark was taken, none is left at closing either.
    if (mark !== '') throw error
  }
  return mark
}

/** Removes the mark without holding the lock: an unlocked writer is about to make it untrue. */
export function removeMark(path: string): void {
  const lockPath = path + LOCK_SUFFIX
  const stat = lstatSync(lockPath, { throwIfNoEntry: false })
  // A file that is not our lock file has no mark, and no writer opens a store beside it.
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
    if (isForeign(error)) return undefined
    throw error
  }
}

/** Whether only writers that hold the lock have opened the store since one of them took the mark. */
export function isMarkTaken(lockFd: number): boolean {
  const head = readStart(lockFd, HEAD_BYTES)
  return LOCK_FILE.isOurs(head) && new TextDecoder().decode(head).startsWith(TAKEN_MARK)
}

/**
 * Keeps every writer that has the store open now from leaving a mark: one of its records may be stuck, and only an opener
 * that looks at all records can tell.
 */
export function forgetMark(lockFd: number): void {
  if (isMarkTaken(lockFd)) ftruncateSync(lockFd, 0)
}

/** Overwrites what is there. Truncating the file first may wait for the disk on some file systems. */
export function writeMark(lockFd: number, mark: string): void {
  write(lockFd, mark)
}

/** As bytes: given a string, Deno ignores the position and writes at the descriptor's own. */
function write(fd: number, text: string): void {
  writeWhole(fd, new TextEncoder().encode(text))
}

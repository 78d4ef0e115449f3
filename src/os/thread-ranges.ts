/**
 * Unmaps what threads leave mapped when they end.
 *
 * A worker thread that has ended runs no finalizers, and it may end at any instruction (`terminate()`). So other threads
 * have to find its ranges. They share nothing with it but the process, and the kernel's list of its mappings,
 * /proc/self/maps. So that list carries the note: each range is followed by a page, the mark, that maps an empty memory
 * file. The file's name says which thread has taken the range, the offset in the file how long the range is. The mark can't
 * be touched, and takes no memory.
 *
 * Why it is sound to unmap the ranges of a thread that is gone from /proc/self/task: its JavaScript ran on that thread and
 * on no other, and so did its garbage collector. The ArrayBuffers over its ranges can't have gone to another thread, since
 * those that koffi makes can't be transferred.
 */
import { closeSync, lstatSync, openSync, readFileSync, readlinkSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { hasCode } from './system-error.ts'

const NAME = 'mmapforge'
/** Ranges that a thread takes before it looks again for what ended threads have left. */
const RANGES_PER_SWEEP = 64

/** A range that has a mark; the mark comes on top of its length. */
export interface MarkedRange {
  readonly thread: string
  readonly address: bigint
  readonly lengthBytes: number
}

/** The native calls that this needs. */
export interface RangeCalls {
  readonly pageSizeBytes: number
  /** Maps an inaccessible page of an empty memory file of that name, in place of what is mapped there. */
  mapMark(address: bigint, name: string, offsetBytes: number): void
  unmap(address: bigint, lengthBytes: number): void
  /** Takes an exclusive lock on an open file; false if another thread has it. */
  tryLock(fd: number): boolean
}

export class ThreadRanges {
  readonly #calls: RangeCalls
  readonly #proc: string
  /** The number of this thread in /proc; undefined if that can't be known. */
  readonly #thread: string | undefined
  /** A program with one thread has nothing to find; the start of a worker is a good time to look. */
  #untilSweep = isMainThread ? RANGES_PER_SWEEP : 0

  /** @param proc - where proc(5) is mounted */
  constructor(calls: RangeCalls, proc = '/proc') {
    this.#calls = calls
    this.#proc = proc
    this.#thread = this.#thisThread()
  }

  /** Marks a range as this thread's. Without a mark it stays mapped when the thread ends. */
  mark(address: bigint, lengthBytes: number): void {
    if (this.#thread === undefined) return
    try {
      this.#calls.mapMark(address + BigInt(lengthBytes), `${NAME}-${this.#thread}`, lengthBytes)
    } catch {
      // See above.
    }
  }

  /** Unmaps what ended threads have left, from time to time. */
  sweepIfDue(): void {
    if (this.#untilSweep-- > 0) return
    this.#untilSweep = RANGES_PER_SWEEP
    this.sweep()
  }

  /** Unmaps what ended threads have left. Never throws: what can't be found stays mapped. */
  sweep(): void {
    if (this.#thread === undefined) return
    try {
      const path = `${this.#proc}/self/maps`
      const fd = openSync(path, 'r')
      try {
        // One thread at a time: a range that one thread has unmapped may be taken again by another, and a third must not
        // unmap it then. The file is the process's own, the same for all of its threads.
        if (this.#calls.tryLock(fd)) this.#sweep(readFileSync(path, 'latin1'), this.#thread)
      } finally {
        closeSync(fd)
      }
    } catch {
      // Some systems have no /proc, and some policies forbid it.
    }
  }

  /**
   * The order matters: a thread that starts after the list was read has no range in it, and the ranges of one that has ended
   * since can't change any more.
   */
  #sweep(maps: string, thisThread: string): void {
    // This thread is alive: if it can't be found, a missing thread proves nothing.
    if (this.#hasEnded(thisThread)) return
    const ranges = markedRanges(maps, this.#calls.pageSizeBytes)
    const ended = new Set(
      [...new Set(ranges.map(({ thread }) => thread))].filter((each) => this.#hasEnded(each)),
    )
    for (const { thread, address, lengthBytes } of ranges) {
      if (ended.has(thread)) this.#calls.unmap(address, lengthBytes + this.#calls.pageSizeBytes)
    }
  }

  /** The link reads as `4711/task/4712`. */
  #thisThread(): string | undefined {
    try {
      return /^\d+\/task\/(\d+)$/.exec(readlinkSync(`${this.#proc}/thread-self`))?.[1]
    } catch {
      return undefined
    }
  }

  /** Only if the system says so: a policy that forbids looking is no proof. */
  #hasEnded(thread: string): boolean {
    try {
      lstatSync(`${this.#proc}/self/task/${thread}`)
      return false
    } catch (error) {
      return hasCode(error, 'ENOENT')
    }
  }
}

/** The ranges that have marks, as the kernel lists them: proc_pid_maps(5). */
export function markedRanges(maps: string, pageSizeBytes: number): MarkedRange[] {
  const ranges: MarkedRange[] = []
  for (const [, from, to, offset, thread] of maps.matchAll(MARK)) {
    const mark = BigInt(`0x${from}`)
    const lengthBytes = Number.parseInt(offset as string, 16)
    if (BigInt(`0x${to}`) - mark !== BigInt(pageSizeBytes)) continue
    ranges.push({ thread: thread as string, address: mark - BigInt(lengthBytes), lengthBytes })
  }
  return ranges
}

const MARK = new RegExp(
  String.raw`^([0-9a-f]+)-([0-9a-f]+) \S+ ([0-9a-f]+) \S+ \d+\s+/memfd:${NAME}-(\d+) \(deleted\)$`,
  'gm',
)

/** Waiting for a writer, always for a bounded time: the slow path of every read and write. */
import { MmapForgeError } from '../errors.ts'
import { loadAnew } from './seqlock.ts'

/** Retries that only look again; a live writer is done within one. */
const SPINS = 200
/** Then the waiter sleeps between looks, so that a writer without a processor of its own gets one. */
const SLEEP_MS = 0.2

// `Atomics.wait` on private memory that nobody notifies is the one synchronous sleep in JavaScript.
const pillow = new Int32Array(new SharedArrayBuffer(4))

export interface StalledRecord {
  readonly i32: Int32Array
  /** Index of the record's counter in `i32`. */
  readonly counter: number
  readonly timeoutMs: number
  readonly path: string
  readonly index: number
  /** Makes the record whole if its writer is gone; tells whether it did. */
  readonly rescue?: (() => boolean) | undefined
}

/**
 * Waits until a record's counter is even, and gives up once the whole operation has taken `timeoutMs`.
 *
 * @param since what the previous call of the same operation gave; 0 on the first
 * @returns when the operation began to wait
 * @throws {MmapForgeError} `ERR_WRITER_STALLED`
 */
export function waitForStable(record: StalledRecord, since: number): number {
  const { i32, counter, timeoutMs } = record
  const began = since === 0 ? performance.now() : since
  for (let look = 0; ; look++) {
    const value = loadAnew(i32, counter)
    // Even, but the operation came back too often: the record changes faster than it can be read.
    const isLate = performance.now() - began > timeoutMs
    if ((value & 1) === 0 && !(isLate && since !== 0)) return began
    if ((look >= SPINS || isLate) && record.rescue?.() === true) continue
    if (isLate) throw stalled(record, value)
    backOff(look)
  }
}

/** What to do between one look and the next: nothing at first, then sleep. Tells whether it slept. */
export function backOff(look: number): boolean {
  if (look < SPINS) return false
  sleepBriefly()
  return true
}

/** Blocks this thread for a fraction of a millisecond, for others to get on. */
export function sleepBriefly(): void {
  Atomics.wait(pillow, 0, 0, SLEEP_MS)
}

function stalled({ path, index, timeoutMs }: StalledRecord, counter: number): MmapForgeError {
  const message =
    (counter & 1) === 1
      ? `the record has been mid-write for over ${timeoutMs} ms (its counter stands at ${counter >>> 0}): its writer is ` +
        'stopped or dead; a writer that opens the store once the dead one is gone mends the record'
      : `the record kept changing for over ${timeoutMs} ms, faster than it can be read; try again, or read fewer fields`
  return new MmapForgeError('ERR_WRITER_STALLED', message, { path, record: index })
}

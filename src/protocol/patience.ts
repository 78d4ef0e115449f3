/**
 * Waiting for another process or thread, always for a bounded time. A waiter spins first, since a running writer is done
 * within a few looks, and then sleeps between looks, so that a writer without a processor of its own gets one.
 */
import { MmapForgeError } from '../errors.ts'
import type { RecordPlace } from './record-place.ts'
import { loadAnew } from './seqlock.ts'

/** Looks without a sleep between them. */
const SPINS = 200
const SLEEP_MS = 0.2

// `Atomics.wait` on private memory that nobody notifies is the one synchronous sleep in JavaScript.
const pillow = new Int32Array(new SharedArrayBuffer(4))

/** Blocks this thread for a fraction of a millisecond, so that others can run. */
export function sleepBriefly(): void {
  Atomics.wait(pillow, 0, 0, SLEEP_MS)
}

/** `rest` sleeps for the time waited so far divided by this, and no longer than the maximum: it wakes so late at most. */
const REST_RATIO = 50
const REST_MAX_MS = 20

/** How long one operation waits, and what it does between one look and the next. */
export class Patience {
  /** When the operation began to wait, on the clock of `performance.now`. */
  readonly began: number
  readonly timeoutMs: number
  #looks = 0

  /** @param began when the operation began to wait, if it has waited before; now by default */
  constructor(timeoutMs: number, began = performance.now()) {
    this.timeoutMs = timeoutMs
    this.began = began
  }

  /** Whether the time is up. */
  get isOver(): boolean {
    return performance.now() - this.began > this.timeoutMs
  }

  get leftMs(): number {
    return Math.max(0, this.began + this.timeoutMs - performance.now())
  }

  /** Whether the next pause is a sleep: this has taken longer than a running writer needs. */
  get isSleepy(): boolean {
    return this.#looks >= SPINS
  }

  /** Sleeps for longer and longer: for waits that may take minutes, where each look costs several system calls. */
  rest(): void {
    const waitedMs = performance.now() - this.began
    Atomics.wait(pillow, 0, 0, Math.min(REST_MAX_MS, Math.max(SLEEP_MS, waitedMs / REST_RATIO)))
  }

  /** Spins at first, and sleeps from then on. */
  pause(): void {
    if (this.isSleepy) sleepBriefly()
    else this.#looks++
  }
}

/** Tries after the timeout, for an operation that fails only if another process interferes at that very moment. */
export const RACE_TRIES = 100

/**
 * Tries until an attempt succeeds, and sleeps between one try and the next.
 *
 * @param attempt returns undefined or false to be tried again
 * @param late makes the error to throw if none succeeds within `timeoutMs`
 * @param lateTries tries after the timeout
 */
export function waitUntil<T>(
  attempt: (patience: Patience) => T | undefined | false,
  timeoutMs: number,
  late: () => MmapForgeError,
  lateTries = 1,
): T {
  const patience = new Patience(timeoutMs)
  for (let triesLeft = lateTries; ; ) {
    const result = attempt(patience)
    if (result !== undefined && result !== false) return result
    if (patience.isOver && --triesLeft <= 0) throw late()
    sleepBriefly()
  }
}

export interface StableWait {
  readonly timeoutMs: number
  /** For messages. */
  readonly path: string
  /**
   * Mends the record if its writer is dead; returns whether it did.
   *
   * @param isLate whether the time is up
   */
  mend(place: RecordPlace, isLate: boolean): boolean
}

/**
 * Waits until a record's counter is even, and gives up once the whole operation has taken `timeoutMs`.
 *
 * @param since what the previous call of the same operation returned; 0 on the first call
 * @returns when the operation began to wait
 * @throws {MmapForgeError} `ERR_WRITER_STALLED`
 */
export function waitForStable(place: RecordPlace, wait: StableWait, since: number): number {
  const patience = new Patience(wait.timeoutMs, since === 0 ? undefined : since)
  for (;;) {
    const value = loadAnew(place.i32, place.counter)
    const isLate = patience.isOver
    // An even counter is no success if the operation keeps coming back: the record changes faster than it can be read.
    if ((value & 1) === 0 && !(isLate && since !== 0)) return patience.began
    if ((patience.isSleepy || isLate) && wait.mend(place, isLate)) continue
    if (isLate) throw stalled(place.index, value, wait)
    patience.pause()
  }
}

function stalled(index: number, counter: number, { path, timeoutMs }: StableWait): MmapForgeError {
  const message =
    (counter & 1) === 1
      ? `the record has been mid-write for over ${timeoutMs} ms (its counter stands at ${counter >>> 0}): its writer is ` +
        'stopped or dead; a writer that opens the store once the dead one is gone mends the record'
      : `the record kept changing for over ${timeoutMs} ms, faster than it can be read; try again, or read fewer fields`
  return new MmapForgeError('ERR_WRITER_STALLED', message, { path, record: index })
}

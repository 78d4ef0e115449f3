/** All waits on one store in this thread, which share one watch and one timer. */
import { clearTimeout, setTimeout } from 'node:timers'
import { closedError } from '../region/closed.ts'
import { type AbortSignalLike, onAbort } from './abort.ts'
import { FileWatch, type Watch } from './file-watch.ts'
import type { WakeChannel } from './wake-channel.ts'

/** How long the watch stays open after the last wait, so that waiting in a loop does not reopen it each time. */
const LINGER_MS = 1000
/** The longest delay that a timer supports; a longer one would fire at once. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** A check this long after the announcement finds what a writer stored before it could see the announcement. */
const FIRST_LOOK_MS = 1
/**
 * Later checks back off up to this period. They find what no wake-up reports: writes by programs that know nothing of
 * waiters, numbers set in a loop that began before the wait, and wake-ups that the runtime drops (Bun drops one that comes
 * within a millisecond of another). A check costs about as much processor time as a wake-up.
 */
const TOLD_LOOK_MAX_MS = 400
/** The same if there are no wake-ups. */
const POLL_MAX_MS = 20
/** The minimum time between two checks whether the files are still in place; there is one at the latest with the rarest check. */
const PLACE_LOOK_MS = 100
/** From this period on, all stores of a thread check at the same time, so that many wake it no more often than one. */
const TOGETHER_MS = 100

/**
 * How long until the next check.
 *
 * @param looks made in a row since something happened
 * @param isTold whether writers wake waiters
 */
export function untilLookMs(looks: number, isTold: boolean): number {
  const periodMs = Math.min(isTold ? TOLD_LOOK_MAX_MS : POLL_MAX_MS, FIRST_LOOK_MS * 2 ** looks)
  return periodMs < TOGETHER_MS ? periodMs : Math.ceil(periodMs - (performance.now() % periodMs))
}

/** Something that is waited for. */
export interface Wait {
  readonly signal: AbortSignalLike | undefined
  /** Whether it keeps the process alive. */
  readonly ref: boolean
  readonly timeoutMs: number
  /** Whether what is awaited is there. What it throws ends the wait. */
  isOver(): boolean
  /** Announces to writers what is awaited. */
  announce(channel: WakeChannel): void
  /** How soon to check at the latest; by default the hub decides. */
  readonly lookWithinMs?: number | undefined
}

interface Pending {
  readonly wait: Wait
  readonly resolve: (isOver: boolean) => void
  readonly reject: (reason: unknown) => void
  readonly undo: (() => void)[]
}

type Timer = ReturnType<typeof setTimeout>

export class WakeHub {
  /** Increases whenever something may have happened that waiters would not learn of otherwise. */
  generation = 0
  readonly #path: string
  readonly #assertInPlace: () => void
  readonly #onAnnounced: () => void
  readonly #channel: WakeChannel
  readonly #watch: FileWatch
  readonly #pending = new Set<Pending>()
  #timer: Timer | undefined
  #linger: Timer | undefined
  /** Checks by the timer since the last wake-up or the last new wait. */
  #looks = 0
  #placeLookedAt = -Infinity

  /**
   * @param assertInPlace throws where the store's file is no longer in place, so that nothing will come
   * @param onAnnounced tells the store's own writes that there is a wait
   * @param how to watch a file; `fs.watch` unless a test says otherwise
   */
  constructor(
    path: string,
    channel: WakeChannel,
    assertInPlace: () => void,
    onAnnounced: () => void,
    how?: Watch,
  ) {
    this.#path = path
    this.#assertInPlace = assertInPlace
    this.#onAnnounced = onAnnounced
    this.#channel = channel
    this.#watch = new FileWatch(() => this.hear(), how)
    // Not within the write: the waiter's code must not run in the middle of it.
    channel.onWake = () => queueMicrotask(() => this.hear())
  }

  /** Whether writers wake waiters; otherwise waiters poll, often. */
  get isTold(): boolean {
    return this.#channel.isPrivate || this.#watch.isOpen
  }

  /**
   * Waits.
   *
   * @returns false on a timeout
   * @throws the signal's reason; {@link MmapForgeError} `ERR_CLOSED` once the store is closed; what `isOver` throws
   */
  until(wait: Wait): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs } = wait
      if (signal?.aborted) return reject(signal.reason)
      if (wait.isOver()) return resolve(true)
      if (timeoutMs <= 0) return resolve(false)
      this.attend()
      const pending: Pending = { wait, resolve, reject, undo: [] }
      this.#pending.add(pending)
      if (signal !== undefined) {
        pending.undo.push(onAbort(signal, () => this.#end(pending, () => reject(signal.reason))))
      }
      if (timeoutMs < Infinity) this.#setDeadline(pending, performance.now() + timeoutMs)
      this.#looks = 0
      this.#look()
    })
  }

  /**
   * Opens the watch, so that from here on everything that happens changes the generation.
   *
   * @throws if there is no wake file yet and the store's file is not in place: a wake file there would be another store's
   */
  attend(): void {
    if (this.#channel.file === undefined) this.#assertInPlace()
    clearTimeout(this.#linger)
    this.#linger = undefined
    this.#channel.open()
    const { file } = this.#channel
    if (file === undefined || this.#watch.isOpen) return
    this.#watch.open(file.named.path, file.named.fd)
    this.generation++
  }

  /** Announces to writers what is awaited. */
  announce(announce: Wait['announce']): void {
    announce(this.#channel)
    this.#onAnnounced()
  }

  close(): void {
    for (const pending of this.#pending) this.#end(pending, () => pending.reject(closedError(this.#path)))
    clearTimeout(this.#linger)
    this.#watch.close()
  }

  /** A writer has woken us: every wait checks. */
  hear(): void {
    this.generation++
    if (this.#pending.size === 0) return
    this.#looks = 0
    this.#look()
  }

  #look(): void {
    this.#settle()
    this.#lookAtPlace()
    // Writers report what happens after the announcement; what happened before it needs one more check.
    for (const { wait } of this.#pending) this.announce((channel) => wait.announce(channel))
    this.#settle()
    if (this.#pending.size > 0) this.#schedule()
  }

  /** Ends all waits where the store's file is not in its place; follows the wake file to another that is in its place. */
  #lookAtPlace(): void {
    const now = performance.now()
    if (now - this.#placeLookedAt < PLACE_LOOK_MS) return
    this.#placeLookedAt = now
    try {
      this.#assertInPlace()
    } catch (error) {
      // Whose wait was over just now, and begins again, is to hear of it too.
      this.#placeLookedAt = -Infinity
      for (const pending of this.#pending) this.#end(pending, () => pending.reject(error))
      return
    }
    if (!this.#channel.rejoin()) return
    this.#watch.close()
    this.attend()
  }

  #settle(): void {
    for (const pending of this.#pending) this.#settleOne(pending)
  }

  /** @returns whether the wait has ended */
  #settleOne(pending: Pending): boolean {
    try {
      if (!pending.wait.isOver()) return false
    } catch (error) {
      this.#end(pending, () => pending.reject(error))
      return true
    }
    this.#end(pending, () => pending.resolve(true))
    return true
  }

  #end(pending: Pending, settle: () => void): void {
    this.#pending.delete(pending)
    for (const step of pending.undo) step()
    settle()
    if (this.#pending.size === 0) this.#rest()
  }

  #rest(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    clearTimeout(this.#linger)
    this.#linger = setTimeout(() => this.#watch.close(), LINGER_MS)
    this.#linger.unref()
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    const usualMs = untilLookMs(this.#looks, this.isTold)
    let delayMs = Infinity
    let ref = false
    for (const { wait } of this.#pending) {
      delayMs = Math.min(delayMs, wait.lookWithinMs ?? usualMs)
      ref ||= wait.ref
    }
    delayMs = Math.min(delayMs, untilLookMs(Infinity, true))
    this.#timer = setTimeout(() => {
      this.#looks++
      this.#look()
    }, delayMs)
    if (!ref) this.#timer.unref()
  }

  #setDeadline(pending: Pending, deadline: number): void {
    const delayMs = deadline - performance.now()
    const timer = setTimeout(
      () => {
        if (performance.now() < deadline && delayMs > TIMER_MAX_MS) this.#setDeadline(pending, deadline)
        else if (!this.#settleOne(pending)) this.#end(pending, () => pending.resolve(false))
      },
      Math.min(delayMs, TIMER_MAX_MS),
    )
    if (!pending.wait.ref) timer.unref()
    pending.undo.push(() => clearTimeout(timer))
  }
}

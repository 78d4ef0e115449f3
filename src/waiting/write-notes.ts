/**
 * Decides whether the writes of a store are noted, so that waiters for changes can be woken. Noting costs as much as
 * writing a number. So as long as nobody waits, writes are not noted for a short while at a time; then one write is
 * noted, and checks whether somebody waits by now.
 */
import { clearTimeout, setTimeout } from 'node:timers'
import type { WakeChannel } from './wake-channel.ts'

/** For how long writes are not noted. */
const UNNOTED_MS = 10
/** How long writes are still noted after a waiter was last seen: it may be busy handling what woke it. */
const WATCHED_MS = 1000
/** Writes between two reads of the clock. */
const CLOCK_WRITES = 256

export class WriteNotes {
  /** Whether writes are not noted. */
  isFast = false
  readonly #channel: WakeChannel
  readonly #onPace: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #isWatched = false
  /** When a waiter was last seen. */
  #seenAt = 0
  #writesSinceSeen = 0
  /** Whether waiters have yet to be woken for a write. */
  #isPending = false

  /** @param onPace is called when `isFast` has changed */
  constructor(channel: WakeChannel, onPace: () => void) {
    this.#channel = channel
    this.#onPace = onPace
  }

  /** Called when a record is about to be written, after all earlier writes have completed. */
  note(): void {
    const channel = this.#channel
    channel.openOnce()
    if (channel.areChangesAwaited()) {
      this.#isWatched = true
      this.#seenAt = performance.now()
      this.#writesSinceSeen = 0
    } else if (!this.#isWatched || this.#isForgotten()) {
      this.#isWatched = false
      this.#speedUp()
      return
    }
    if (!this.#isPending) {
      this.#isPending = true
      // Wakes waiters for this write once it has been made.
      queueMicrotask(() => {
        this.#isPending = false
        this.#tell()
      })
    } else this.#tell()
  }

  /** Notes every write from here on: somebody has begun to wait. */
  slowDown(): void {
    clearTimeout(this.#timer)
    this.isFast = false
    this.#onPace()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #tell(): void {
    if (this.#channel.areChangesAwaited()) this.#channel.wake()
  }

  #isForgotten(): boolean {
    return ++this.#writesSinceSeen % CLOCK_WRITES === 0 && performance.now() - this.#seenAt > WATCHED_MS
  }

  #speedUp(): void {
    this.isFast = true
    this.#onPace()
    // A store in memory can only have waiters in this thread, which call `slowDown`.
    if (this.#channel.isPrivate) return
    this.#timer = setTimeout(() => this.slowDown(), UNNOTED_MS)
    this.#timer.unref()
  }
}

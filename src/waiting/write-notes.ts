/**
 * Whether the writes of a store are noted, so that those who wait for changes can be told. That costs as much as the
 * write of a number itself; so as long as nobody waits, writes go by unnoted, a short while at a time: then one
 * of them is noted, and asks whether somebody waits by now.
 */
import { clearTimeout, setTimeout } from 'node:timers'
import type { WakeChannel } from './wake-channel.ts'

/** For how long writes go by unnoted. */
const UNNOTED_MS = 10
/** How long after the last waiter was seen writes are still noted: it may be busy with what it was told. */
const WATCHED_MS = 1000
/** So many writes between two looks at the clock. */
const CLOCK_WRITES = 256

export class WriteNotes {
  /** Whether writes go by unnoted. */
  isFast = false
  readonly #channel: WakeChannel
  readonly #onPace: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #isWatched = false
  /** When somebody was last seen to wait. */
  #seenAt = 0
  #writesSinceSeen = 0
  /** Whether waiters are yet to be told of a write. */
  #isPending = false

  /** @param onPace heeds `isFast`, which has changed */
  constructor(channel: WakeChannel, onPace: () => void) {
    this.#channel = channel
    this.#onPace = onPace
  }

  /** A record is about to be written, and every write before that has been completed. */
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
      // Tells of this write as soon as it can have been made.
      queueMicrotask(() => {
        this.#isPending = false
        this.#tell()
      })
    } else this.#tell()
  }

  /** Has every write noted from here on: somebody has begun to wait. */
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
    // Who waits for a store in memory is in this very thread, and says so.
    if (this.#channel.isPrivate) return
    this.#timer = setTimeout(() => this.slowDown(), UNNOTED_MS)
    this.#timer.unref()
  }
}

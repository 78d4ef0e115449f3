/** Tells a reader that no longer sees changes from one that had none to see. */
import type { Beat } from './heartbeat.ts'
import { SPIN_LIMIT } from './tight-loops.ts'

/** Accounts of the writer, each with a change to what the loop waits for, during one loop that saw none. */
const MISSED_BEATS = 4
/** A reader that was off the processor may miss changes once, but hardly in several loops one after the other. */
const MISSED_SPINS = 5

export class StaleWatch {
  readonly #account: () => Beat
  readonly #missedSpins = new Map<string, number>()

  constructor(account: () => Beat) {
    this.#account = account
  }

  /**
   * Runs a loop of {@link SPIN_LIMIT} looks at most.
   *
   * @param progressOf counts the changes that the writer has made to what the loop waits for
   * @returns how often it looked, and whether it has turned out to be stale
   */
  run(
    name: string,
    progressOf: (beat: Beat) => number,
    spin: () => number,
  ): { looks: number; isStale: boolean } {
    const before = this.#account()
    const looks = spin()
    const after = looks < SPIN_LIMIT ? before : this.#account()
    const isMissed = after.round === before.round && progressOf(after) - progressOf(before) >= MISSED_BEATS
    const missedSpins = isMissed ? (this.#missedSpins.get(name) ?? 0) + 1 : 0
    const isStale = missedSpins >= MISSED_SPINS
    this.#missedSpins.set(name, isStale ? 0 : missedSpins)
    return { looks, isStale }
  }
}

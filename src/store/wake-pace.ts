/** How often a waiter looks by itself. */

/** A look this long after the wait was announced finds what a writer stored when it could not see that yet. */
const FIRST_LOOK_MS = 1
/**
 * Looks from then on find what nobody tells of: writes by a program that does not know of waiters, and numbers that are
 * set in a loop which began before somebody waited. Each takes as much of a processor as it takes to wake up.
 */
const TOLD_LOOK_MIN_MS = 50
const TOLD_LOOK_MAX_MS = 400
/** Where nobody can tell, looks become rarer up to this. */
const POLL_MAX_MS = 20

/**
 * How long until the next look.
 *
 * @param looks made in a row since something happened
 * @param isTold whether writers tell of what they do
 */
export function untilLookMs(looks: number, isTold: boolean): number {
  if (looks === 0) return FIRST_LOOK_MS
  if (!isTold) return doubling(FIRST_LOOK_MS, looks, POLL_MAX_MS)
  const periodMs = doubling(TOLD_LOOK_MIN_MS, looks - 1, TOLD_LOOK_MAX_MS)
  // All stores of a thread look at the same time, so that it wakes up no more often for many than for one.
  return Math.ceil(periodMs - (performance.now() % periodMs))
}

/** How long until a record that is mid-write is looked at again: soon, unless its writer seems to have stopped. */
export function untilSettledMs(looks: number, isTold: boolean): number {
  return doubling(FIRST_LOOK_MS, looks, isTold ? TOLD_LOOK_MAX_MS : POLL_MAX_MS)
}

function doubling(firstMs: number, times: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** times)
}

/** How often a waiter looks by itself. */

/** A look this long after the wait was announced finds what a writer stored when it could not see that yet. */
const FIRST_LOOK_MS = 1
/**
 * The looks that follow become rarer and rarer. They find what nobody tells of: writes by a program that does not know of
 * waiters, numbers that are set in a loop which began before somebody waited, and wake-ups that the runtime keeps to
 * itself (Bun does so with one that comes within a millisecond of another). Each look takes as much of a processor as it
 * takes to wake up.
 */
const TOLD_LOOK_MAX_MS = 400
/** The same where nobody can tell. */
const POLL_MAX_MS = 20
/** From here on all stores of a thread look at the same time, so that it wakes up no more often for many than for one. */
const TOGETHER_MS = 100

/**
 * How long until the next look.
 *
 * @param looks made in a row since something happened
 * @param isTold whether writers tell of what they do
 */
export function untilLookMs(looks: number, isTold: boolean): number {
  const periodMs = Math.min(isTold ? TOLD_LOOK_MAX_MS : POLL_MAX_MS, FIRST_LOOK_MS * 2 ** looks)
  return periodMs < TOGETHER_MS ? periodMs : Math.ceil(periodMs - (performance.now() % periodMs))
}

/**
 * Whether an operation got slower. One process does not tell: a compiler that decides otherwise makes the same code a
 * fifth slower in one process and not in the next, and a machine that is busy does what it likes.
 */
import { median, rounded } from '../measure/statistics.ts'

/** A ratio of new to base that is greater is worse. */
export const MAX_RATIO = 1.05
/** In how many processes each try measures: few where most are acquitted, more where there is a doubt. */
export const PROCESSES = [2, 4, 4] as const
export const TRIES = PROCESSES.length

/** What one process found that measured both in turns, or several of them together. */
export interface Measured {
  /** New to base: the median of the rounds, or of the processes. */
  readonly ratio: number
  /** The median of the rounds, or the best of the processes. */
  readonly baseNs: number
  readonly newNs: number
}

/** Several processes as one try, or several tries as what is shown. */
export function together(measured: readonly Measured[]): Measured {
  return {
    ratio: rounded(median(measured.map(({ ratio }) => ratio))),
    baseNs: Math.min(...measured.map(({ baseNs }) => baseNs)),
    newNs: Math.min(...measured.map(({ newNs }) => newNs)),
  }
}

/** Whether it takes another try to tell: so far each was worse. */
export function isDoubtful(tries: readonly Measured[]): boolean {
  return tries.length < TRIES && tries.every(isWorse)
}

/** One try that is not worse acquits an operation. */
export function isSlower(tries: readonly Measured[]): boolean {
  return tries.length >= TRIES && tries.every(isWorse)
}

/**
 * Both of a try must say so. Its ratio alone may be the luck of the compiler in half of its processes, its best times
 * alone a luck that only one of the two had. What is no number is no proof that nothing got slower.
 */
function isWorse({ ratio, baseNs, newNs }: Measured): boolean {
  return !(ratio <= MAX_RATIO) && !(newNs / baseNs <= MAX_RATIO)
}

/** Whether an operation got slower: a matter of several tries, since a machine that is busy slows one of them. */
import { median } from '../measure/statistics.ts'

/** A ratio of new to base that is greater is worse. */
export const MAX_RATIO = 1.05
export const TRIES = 3

/** One process in which both were measured in turns. */
export interface Try {
  /** New to base: the median of the rounds. */
  readonly ratio: number
  readonly baseNs: number
  readonly newNs: number
}

/** Whether it takes another try to tell: so far each was worse. */
export function isDoubtful(tries: readonly Try[]): boolean {
  return tries.length < TRIES && tries.every(isWorse)
}

/** One try that is not worse acquits an operation. */
export function isSlower(tries: readonly Try[]): boolean {
  return tries.length >= TRIES && tries.every(isWorse)
}

/** What is no number is no proof that nothing got slower. */
function isWorse({ ratio }: Try): boolean {
  return !(ratio <= MAX_RATIO)
}

/** The figures of all tries as one. */
export function summaryOf(tries: readonly Try[]): Try {
  const middle = (of: keyof Try) => median(tries.map((each) => each[of]))
  return { ratio: middle('ratio'), baseNs: middle('baseNs'), newNs: middle('newNs') }
}

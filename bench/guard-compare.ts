/** Which operations got slower, as ratios to their limits tell; times are never compared. */
import type { Row } from './results.ts'

/** A ratio that is worse by more than this is a regression. */
export const TOLERANCE = 0.3
export const TRIES = 3

export interface Regression {
  readonly id: string
  readonly label: string
  readonly recorded: number
  /** The best of the tries. */
  readonly measured: number
}

/**
 * @param tries - the rows of each try; one try within the tolerance acquits an operation, so that a machine that is busy
 *   for a moment convicts none
 */
export function regressions(recorded: readonly Row[], tries: readonly (readonly Row[])[]): Regression[] {
  return recorded.flatMap(({ id, label, ratio }) => {
    if (ratio === undefined) return []
    const found = tries.flatMap((rows) => rows.find((row) => row.id === id)?.ratio ?? [])
    const measured = Math.min(...found)
    // An operation that is not measured any more is no regression; nothing is known of it.
    return found.length > 0 && measured > ratio * (1 + TOLERANCE)
      ? [{ id, label, recorded: ratio, measured }]
      : []
  })
}

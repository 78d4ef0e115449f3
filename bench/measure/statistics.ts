/** What is made of samples: pure arithmetic. */

/** The value below which a share of the samples lies, interpolated between neighbours; NaN where there are none. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort()
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const low = sorted[below] ?? Number.NaN
  const high = sorted[below + 1] ?? low
  return low + (high - low) * (place - below)
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/**
 * How many times as long one subject takes as another, from what each took in the same rounds. A machine that is busy
 * for a while is busy for both of a round, so the ratio of a round means more than that of two figures taken apart; the
 * median over the rounds leaves out those in which only one of the two was disturbed.
 */
export function ratioOfRounds(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) throw new RangeError('both must have been in every round')
  return median(ours.map((took, round) => took / (theirs[round] as number)))
}

/** Rounded to four significant digits, so that recorded results can be read and compared. */
export function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : value
}

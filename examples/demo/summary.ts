/** What both processes compute of the bars, and compare. */

export interface Summary {
  rows: number
  highestClose: number
  highestCloseDate: string
  largestVolume: number
  largestVolumeDate: string
}

interface Day {
  readonly date: string
  readonly close: number
  readonly volume: number
}

export const EMPTY: Readonly<Summary> = {
  rows: 0,
  highestClose: -Infinity,
  highestCloseDate: 'none',
  largestVolume: -Infinity,
  largestVolumeDate: 'none',
}

/** Adds days to a summary; the first of equals stands. */
export function summarize(days: Iterable<Day>, before: Readonly<Summary> = EMPTY): Summary {
  const summary = { ...before }
  for (const { date, close, volume } of days) {
    summary.rows++
    if (close > summary.highestClose) Object.assign(summary, { highestClose: close, highestCloseDate: date })
    if (volume > summary.largestVolume)
      Object.assign(summary, { largestVolume: volume, largestVolumeDate: date })
  }
  return summary
}

export function describe(summary: Readonly<Summary>): string {
  const { rows, highestClose, highestCloseDate, largestVolume, largestVolumeDate } = summary
  return (
    `${rows.toLocaleString('en')} rows, highest close ${highestClose.toFixed(2)} on ${highestCloseDate}, ` +
    `largest volume ${largestVolume.toLocaleString('en')} on ${largestVolumeDate}`
  )
}

/** What each operation is meant to take: a ratio to the limit, or a time. */
import type { Row } from './results.ts'

export interface Target {
  /** The row that is held to it. */
  readonly id: string
  readonly max: number
  readonly unit: 'times' | 'ns' | 'ms'
}

const times = (max: number, ...ids: string[]): Target[] => ids.map((id) => ({ id, max, unit: 'times' }))

export const TARGETS: readonly Target[] = [
  ...times(1.5, 'get-float64', 'get-uint53'),
  ...times(1.6, 'set-float64', 'set-uint53'),
  ...times(1.3, 'get-uint64'),
  ...times(1.2, 'get-record'),
  ...times(1.3, 'cursor', 'get-into'),
  ...times(1.4, 'set-record', 'update-2'),
  ...times(3, 'append-disk', 'append-shm', 'append-disk-touched', 'append-shm-touched'),
  { id: 'get-text-ticker', max: 8, unit: 'ns' },
  ...times(1, 'get-text-ascii', 'get-text-utf8'),
  { id: 'set-text-ticker', max: 12, unit: 'ns' },
  ...times(1, 'set-text-utf8'),
  ...times(1.5, 'sum-reduce', 'sum-scan'),
  ...times(
    1.6,
    ...['same', 'different'].flatMap((which) =>
      ['get-float64', 'set-float64', 'get-record', 'set-record'].map((name) => `stores-${which}-${name}`),
    ),
  ),
  ...times(4, 'many-set-float64', 'many-append'),
  { id: 'open-clean', max: 5, unit: 'ms' },
  { id: 'growth-rest', max: 1, unit: 'ms' },
]

const NS_PER_MS = 1e6

/** What is held to the target, in its unit; undefined where it was not measured. */
export function measured({ unit }: Target, row: Row | undefined): number | undefined {
  if (row === undefined) return undefined
  if (unit === 'times') return row.ratio
  return unit === 'ns' ? row.ours.medianNs : row.ours.medianNs / NS_PER_MS
}

/** Met, as far as the figure that is shown can tell: two digits behind the point. */
export function isMet(target: Target, row: Row): boolean {
  const value = measured(target, row)
  return value !== undefined && Number(value.toFixed(2)) <= target.max
}

export function limit({ max, unit }: Target): string {
  return unit === 'times' ? `≤ ${max}×` : `≤ ${max} ${unit}`
}

/** Rows as lines of a terminal. */
import type { Row } from '../results/results.ts'
import { isMet, limit, TARGETS } from '../results/targets.ts'
import { bytes, figure, ratio } from './figures.ts'

const WIDTHS = [62, 10, 10, 8, 8, 12]

export const HEADING = line(['operation', 'median', 'p99', 'bytes', 'ratio', 'target'])

export function rowLines(row: Row): string[] {
  const { ours, baselines, label } = row
  const target = TARGETS.find(({ id }) => id === row.id)
  const verdict = target && `${limit(target)} ${isMet(target, row) ? 'met' : 'MISSED'}`
  return [
    line([
      label,
      figure(ours.medianNs),
      figure(ours.p99Ns),
      bytes(ours.bytes),
      ratio(row.ratio),
      verdict ?? '',
    ]),
    ...baselines.map((each) =>
      line([
        `    ${each.name}`,
        figure(each.medianNs),
        figure(each.p99Ns),
        bytes(each.bytes),
        ratio(each.ratio),
      ]),
    ),
  ]
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, i) =>
      i === 0 || i === 5
        ? `${i === 5 ? '  ' : ''}${cell.padEnd(WIDTHS[i] ?? 0)}`
        : cell.padStart(WIDTHS[i] ?? 0),
    )
    .join('')
    .trimEnd()
}

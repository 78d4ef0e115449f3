/** What an A/B run shows: a ratio for each operation and runtime, and the nanoseconds of both. */
import { table } from '../../test/runtimes/table.ts'
import type { Measured } from './judge.ts'

export interface AbRow extends Measured {
  readonly operation: string
  readonly runtime: string
  readonly isSlower: boolean
  readonly tries: readonly Measured[]
}

/** Above it, nanoseconds are told without a decimal. */
const MAX_WITH_DECIMAL_NS = 100

export function lineOf(row: AbRow): string {
  const ratios = row.tries.map(({ ratio }) => ratio.toFixed(3)).join(', ')
  return `${row.operation.padEnd(46)} ${cellOf(row).padEnd(26)}${row.tries.length > 1 ? ` tries ${ratios}` : ''}`
}

/** A row for each operation, a column for each runtime: `1.02 (31.1 → 31.7)`, new to base and both in nanoseconds. */
export function tableOf(rows: readonly AbRow[]): string {
  const runtimes = [...new Set(rows.map(({ runtime }) => runtime))]
  const operations = [...new Set(rows.map(({ operation }) => operation))]
  return table(
    ['new to base (ns)', ...runtimes],
    operations.map((operation) => [
      operation,
      ...runtimes.map((runtime) => {
        const row = rows.find((each) => each.operation === operation && each.runtime === runtime)
        return row === undefined ? '–' : cellOf(row)
      }),
    ]),
  )
}

function cellOf({ ratio, baseNs, newNs, isSlower }: AbRow): string {
  return `${isSlower ? '✗ ' : ''}${ratio.toFixed(2)} (${figure(baseNs)} → ${figure(newNs)})`
}

function figure(ns: number): string {
  return ns < MAX_WITH_DECIMAL_NS ? ns.toFixed(1) : Math.round(ns).toLocaleString('en')
}

/** Tables of Markdown, and what goes into them. */
import { runtimeTitle } from '../measure/machine.ts'
import type {
  FlightsPart,
  Part,
  PeersPart,
  Results,
  Row,
  Runtime,
  ScalePart,
  WakesPart,
} from '../results/results.ts'
import { isMet, limit, measured, TARGETS, type Target } from '../results/targets.ts'
import { bytes, count, figure, ratio, short } from './figures.ts'

/** The first column is text, the others are figures. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = heading.map((_, i) => (i === 0 ? '---' : '---:'))
  return [line(heading), line(rule), ...rows.map(line)].join('\n')
}

/** Runtimes that some part was measured on: Node by version, then the others. */
export function runtimesOf({ parts }: Results): Runtime[] {
  const byTitle = new Map(parts.map(({ runtime }) => [runtimeTitle(runtime), runtime]))
  const major = ({ version }: Runtime) => Number(version.split('.')[0])
  const isNode = ({ name }: Runtime) => name === 'Node'
  const all = [...byTitle.values()]
  return [
    ...all.filter(isNode).sort((a, b) => major(a) - major(b)),
    ...all.filter((runtime) => !isNode(runtime)).sort((a, b) => a.name.localeCompare(b.name)),
  ]
}

export function rowOf(parts: readonly Part[], runtime: Runtime, id: string): Row | undefined {
  const own = parts.filter((part) => runtimeTitle(part.runtime) === runtimeTitle(runtime))
  return own.flatMap(({ rows }) => rows).find((row) => row.id === id)
}

export function targetsTable(results: Results): string {
  const runtimes = runtimesOf(results)
  const rows = TARGETS.map((target) => {
    const cells = runtimes.map((runtime) => verdict(target, rowOf(results.parts, runtime, target.id)))
    const known = runtimes
      .map((runtime) => rowOf(results.parts, runtime, target.id))
      .find((row) => row !== undefined)
    const against = target.unit === 'times' && known ? `; against ${namesOf(known, target)}` : ''
    return [`${known?.label ?? target.id}${against}`, limit(target), ...cells]
  })
  return table(['operation', 'target', ...runtimes.map(runtimeTitle)], rows)
}

/** What a ratio is to: the best of several means all of them. */
function namesOf({ baselines, against }: Row, { id }: Target): string {
  const isBestOf = baselines.length > 1 && /^[gs]et-text-/.test(id)
  return isBestOf ? `the best of ${baselines.map(({ name }) => name).join(', ')}` : (against ?? '')
}

export function verdict(target: Target, row: Row | undefined): string {
  const value = measured(target, row)
  if (row === undefined || value === undefined) return '–'
  const shown = target.unit === 'times' ? ratio(value) : `${value.toFixed(2)} ${target.unit}`
  return isMet(target, row) ? shown : `**${shown}** ✗`
}

/** Every row of a part, with all that it was compared with. */
export function partTable({ rows }: Part): string {
  const lines = rows.flatMap(({ label, ours, baselines, ratio: own }) => [
    [
      label,
      figure(ours.medianNs),
      figure(ours.p99Ns),
      bytes(ours.bytes),
      baselines.length === 1 ? '' : ratio(own),
    ],
    ...baselines.map((each) => [
      `&emsp;${each.name}`,
      figure(each.medianNs),
      figure(each.p99Ns),
      bytes(each.bytes),
      ratio(each.ratio),
    ]),
  ])
  return table(['operation', 'median', 'p99', 'bytes', 'ratio to it'], lines)
}

/** Ratios of each scalar type, by runtime. */
export function typesTable(results: Results): string {
  const runtimes = runtimesOf(results)
  const ids = results.parts
    .filter(({ part }) => part === 'types')
    .flatMap(({ rows }) => rows.map(({ id }) => id))
  const rows = [...new Set(ids)].map((id) => {
    const own = runtimes.map((runtime) => rowOf(results.parts, runtime, id))
    return [own.find((row) => row)?.label ?? id, ...own.map((row) => (row ? ratio(row.ratio) : '–'))]
  })
  return table(['operation', ...runtimes.map(runtimeTitle)], rows)
}

/** A table for each operation that is taken apart: its steps, and what each takes beside the first. */
export function limitTables(results: Results): string[] {
  const runtimes = runtimesOf(results)
  const rows = results.parts.filter(({ part }) => part === 'limits').flatMap((part) => part.rows)
  const operations = [...new Set(rows.map(({ label }) => label.split(': ')[0] as string))]
  return operations.map((operation) => {
    const steps = new Map(
      rows.filter(({ label }) => label.startsWith(`${operation}: `)).map(({ id, ours }) => [id, ours.name]),
    )
    const cell = (row: Row | undefined) =>
      row === undefined ? '–' : row.ratio === undefined ? figure(row.ours.medianNs) : ratio(row.ratio)
    return table(
      [operation, ...runtimes.map(runtimeTitle)],
      [...steps].map(([id, name]) => [
        name,
        ...runtimes.map((runtime) => cell(rowOf(results.parts, runtime, id))),
      ]),
    )
  })
}

export function peersTable({ peers }: PeersPart, operation: string): string {
  const rows = peers.flatMap(({ peer, version, cells }) => {
    const cell = cells.find((each) => each.operation === operation)
    if (cell === undefined) return []
    return [
      [
        version === '' ? peer : `${peer} ${version}`,
        figure(cell.medianNs),
        figure(cell.p99Ns),
        bytes(cell.bytes),
        ratio(cell.ratio),
      ],
    ]
  })
  return table([operation, 'median', 'p99', 'bytes', 'times ours'], rows)
}

export function scaleTable({ points }: ScalePart): string {
  const cell = (value: number | null) => (value === null ? '–' : figure(value))
  return table(
    ['records', '', 'get, in order', 'get, in no order', 'scan, a row', 'append', 'open'],
    points.map((point) => [
      short(point.count),
      point.subject === 'store' ? 'mmapforge' : 'bare typed arrays',
      cell(point.sequential),
      cell(point.random),
      cell(point.scan),
      cell(point.append),
      cell(point.open),
    ]),
  )
}

export function flightsTable({ rows, results }: FlightsPart): string {
  const rate = (seconds: number) => count(rows / seconds)
  return table(
    ['', 'load, s', 'rows a second', 'query, s', 'rows a second'],
    results.map(({ subject, loadSeconds, querySeconds }) => [
      subject,
      loadSeconds.toFixed(2),
      rate(loadSeconds),
      querySeconds.toFixed(3),
      rate(querySeconds),
    ]),
  )
}

const us = (value: number) => figure(value * 1000)

export function wakesTable({ wakes }: WakesPart): string {
  return table(
    ['', 'wake-ups', 'median', 'p99', 'the write, median'],
    wakes.map(({ name, latency, write }) => [
      name,
      count(latency.count),
      us(latency.medianUs),
      us(latency.p99Us),
      us(write.medianUs),
    ]),
  )
}

export function idleTable({ idle }: WakesPart): string {
  return table(
    ['', 'records', 'of a processor'],
    idle.map(({ name, records, cpuPercent }) => [name, count(records), `${cpuPercent} %`]),
  )
}

export function otherWorkTable({ others }: WakesPart): string {
  return table(
    ['', 'without waits, median', 'p99', 'with them, median', 'p99'],
    (['stat', 'lookup'] as const).map((call) => [
      `\`${call}\``,
      us(others.without[call].medianUs),
      us(others.without[call].p99Us),
      us(others.with[call].medianUs),
      us(others.with[call].p99Us),
    ]),
  )
}

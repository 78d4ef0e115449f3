/** The charts of a benchmark, by name. */
import { runtimeTitle } from '../../measure/machine.ts'
import type { PeersPart, Results, ScalePart, ScalePoint } from '../../results/results.ts'
import { count, figure, short } from '../figures.ts'
import { barChart, type Line, lineChart } from './svg.ts'

const OURS = 'mmapforge'
type Measure = 'append' | 'sequential' | 'random' | 'scan'

export function chartsOf(results: Results): Record<string, string> {
  const where = results.machine.processor
  const peers = results.peers.at(-1)
  const scale = results.scale.at(-1)
  const flights = results.flights.at(-1)
  return {
    ...(peers && {
      headline: peerChart('Reading one field of a record', 'get one field', peers, where),
      'set-field': peerChart('Setting one field of a record', 'set one field', peers, where),
      'get-record': peerChart('Reading a whole record as an object', 'get a record', peers, where),
      append: peerChart('Appending a record', 'append a record', peers, where),
    }),
    ...(scale && {
      'scale-get': scaleChart('Reading one field', ['sequential', 'random'], scale, where),
      'scale-append': scaleChart('Appending and scanning', ['append', 'scan'], scale, where),
    }),
    ...(flights && {
      flights: barChart(
        `Mean delay by origin, over ${count(flights.rows)} flights`,
        `rows a second; ${runtimeTitle(flights.runtime)}, ${where}`,
        flights.results.map(({ subject, querySeconds }) => ({
          label: subject,
          value: flights.rows / querySeconds,
          text: `${(flights.rows / querySeconds / 1e6).toFixed(1)} M`,
          isOurs: subject === OURS,
        })),
        false,
      ),
    }),
  }
}

function peerChart(
  title: string,
  operation: string,
  { peers, runtime, records }: PeersPart,
  where: string,
): string {
  const bars = peers.flatMap(({ peer, cells }) => {
    const cell = cells.find((each) => each.operation === operation)
    return cell
      ? [{ label: peer, value: cell.medianNs, text: figure(cell.medianNs), isOurs: peer === OURS }]
      : []
  })
  const subtitle = `median, logarithmic scale, less is better; ${count(records)} records in no order; ${runtimeTitle(runtime)}, ${where}`
  return barChart(
    title,
    subtitle,
    [...bars].sort((a, b) => a.value - b.value),
    true,
  )
}

function scaleChart(
  title: string,
  measures: readonly Measure[],
  { points, runtime }: ScalePart,
  where: string,
): string {
  const lines = measures.flatMap((measure) =>
    (['store', 'bare'] as const).map(
      (subject): Line => ({
        name: `${subject === 'store' ? OURS : 'typed arrays'}, ${measure}`,
        points: curve(points, subject, measure),
        isOurs: subject === 'store',
      }),
    ),
  )
  return lineChart(
    title,
    `nanoseconds an operation over the number of records; ${runtimeTitle(runtime)}, ${where}`,
    lines,
    { title: 'records', tick: short },
    { title: 'ns', tick: (value) => String(value) },
  )
}

function curve(
  points: readonly ScalePoint[],
  subject: ScalePoint['subject'],
  measure: Measure,
): [number, number][] {
  return points.flatMap((point): [number, number][] => {
    const value = point[measure]
    return point.subject === subject && value !== null ? [[point.count, value]] : []
  })
}

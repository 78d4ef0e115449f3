/** One part in this process; its result goes to a file, for the process that drives them all. */
import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { runtimeHere, today } from '../measure/machine.ts'
import type { Effort } from '../measure/sample.ts'
import { Workbench } from '../measure/workbench.ts'
import { comparePeers } from '../peers/compare.ts'
import { compareWaits } from '../processes/wakes.ts'
import { rowLines } from '../report/text.ts'
import { scaleCurves } from '../scale/curves.ts'
import { compareFlights } from '../scale/flights.ts'
import { PARTS } from './parts.ts'

export interface PartOptions {
  readonly effort: Effort
  /** Where stores are made; the system's temporary folder by default. */
  readonly dir?: string | undefined
  readonly json?: string | undefined
  /** Up to 10^8 records where it is about scale. */
  readonly large: boolean
}

export async function runPart(
  name: string,
  { effort, dir = tmpdir(), json, large }: PartOptions,
): Promise<void> {
  const result = await resultOf(name, effort, dir, large)
  if (json !== undefined) writeFileSync(json, JSON.stringify(result))
}

async function resultOf(name: string, effort: Effort, dir: string, isLarge: boolean): Promise<unknown> {
  if (name === 'peers') return comparePeers(dir, effort)
  if (name === 'scale') return scaleCurves(dir, isLarge)
  if (name === 'flights') return compareFlights(dir)
  if (name === 'wakes') return compareWaits(dir)
  const operations = PARTS[name]
  if (operations === undefined) throw new RangeError(`there is no part ${name}`)
  const bench = new Workbench(dir, effort, (row) => {
    for (const line of rowLines(row)) console.log(line)
  })
  try {
    await operations(bench)
  } finally {
    bench.dispose()
  }
  return { part: name, date: today(), runtime: runtimeHere(), rows: bench.rows }
}

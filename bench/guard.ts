/** `npm run bench:guard`: fails where an operation got slower, by its ratio to the limit, than when results were recorded. */
import { runInProcess } from './driver.ts'
import { regressions, TOLERANCE, TRIES } from './guard-compare.ts'
import { runtimeHere, runtimeTitle } from './machine.ts'
import { PARTS } from './parts.ts'
import { ratio } from './report/figures.ts'
import { readResults } from './report/write.ts'
import type { Part, Row } from './results.ts'
import { findRuntimes } from './runtimes.ts'

/** Ratios of these are to the disk as much as to the store. */
const LEFT_OUT = new Set(['appends', 'openings', 'growth'])

const here = runtimeTitle(runtimeHere())
const recorded = (readResults()?.parts ?? []).filter(
  ({ part, runtime }) => runtimeTitle(runtime) === here && part in PARTS && !LEFT_OUT.has(part),
)
if (recorded.length === 0) {
  console.error(`nothing is recorded for ${here}: run npm run bench on it first`)
  process.exitCode = 2
} else {
  const lost = recorded.flatMap(guard)
  for (const { label, recorded: before, measured } of lost) {
    console.error(`${label}: ${ratio(measured)}, recorded ${ratio(before)}`)
  }
  console.log(
    lost.length === 0
      ? `no ratio is more than ${TOLERANCE * 100} % worse than the recorded one`
      : `${lost.length} operations are more than ${TOLERANCE * 100} % slower than recorded, in each of ${TRIES} tries`,
  )
  process.exitCode = lost.length === 0 ? 0 : 1
}

/** Another try only where the last one left a doubt. */
function guard({ part, rows }: Part) {
  const tries: Row[][] = []
  const [node] = findRuntimes([])
  if (node === undefined) throw new RangeError('there is no runtime')
  do {
    const result = runInProcess(node, part, { quick: true, large: false })
    if (result === undefined || !('rows' in result)) throw new RangeError(`${part} could not be measured`)
    tries.push(result.rows as Row[])
  } while (tries.length < TRIES && regressions(rows, tries).length > 0)
  return regressions(rows, tries)
}

/** The files that are made of the results. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { RESULTS, ROOT, readResults } from '../results/file.ts'
import type { Results } from '../results/results.ts'
import { chartsOf } from './charts/charts.ts'
import { documentOf } from './document.ts'

/** Files by their path from the top of the project. */
export function reportOf(results: Results): Record<string, string> {
  const charts = Object.entries(chartsOf(results)).map(([name, svg]) => [`docs/charts/${name}.svg`, svg])
  return { 'docs/benchmarks.md': documentOf(results), ...Object.fromEntries(charts) }
}

/** Makes the document and its charts from the recorded results. */
export function writeReport(): void {
  const results = readResults()
  if (results === undefined) throw new RangeError(`there is no ${RESULTS}: run the benchmark first`)
  for (const [path, text] of Object.entries(reportOf(results))) {
    mkdirSync(join(ROOT, dirname(path)), { recursive: true })
    writeFileSync(join(ROOT, path), text)
  }
}

/** The files that a benchmark leaves in the project: its results, and what is made of them. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Results } from '../results/results.ts'
import { chartsOf } from './charts/charts.ts'
import { documentOf } from './document.ts'

/** The top of the project, from `build/bench/report`. */
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const RESULTS = 'bench/results.json'

export function readResults(root = ROOT): Results | undefined {
  const path = join(root, RESULTS)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : undefined
}

export function writeResults(results: Results): void {
  writeFileSync(join(ROOT, RESULTS), `${JSON.stringify(results, undefined, 2)}\n`)
}

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

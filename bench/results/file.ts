/** bench/results.json: read, and written with a line for each row, so that a run that is recorded anew can be compared. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Results } from './results.ts'

/** The top of the project, from `build/bench/results`. */
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
export const RESULTS = 'bench/results.json'

export function readResults(root = ROOT): Results | undefined {
  const path = join(root, RESULTS)
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : undefined
}

export function writeResults(results: Results): void {
  writeFileSync(join(ROOT, RESULTS), textOf(results))
}

/** JSON in which a list has a line for each of its items, and whatever holds no list is on one line. */
export function textOf(results: Results): string {
  return `${valueText(results, '')}\n`
}

function valueText(value: unknown, indent: string): string {
  if (!holdsList(value)) return JSON.stringify(value)
  const inner = `${indent} `
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  const items = Array.isArray(value)
    ? value.map((item) => valueText(item, inner))
    : Object.entries(value as object).map(
        ([key, item]) => `${JSON.stringify(key)}: ${valueText(item, inner)}`,
      )
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`
}

/** The baselines of a row stand beside it. */
function holdsList(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (typeof value !== 'object' || value === null) return false
  return Object.entries(value).some(([key, item]) => key !== 'baselines' && holdsList(item))
}

/** The daily S&P 500 bars that the package vega-datasets brings along. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Bar } from './bar.ts'

const COLUMNS = 'date,open,high,low,close,adjclose,volume'

/** Where npm put the file. */
export function pricesPath(): string {
  const entry = createRequire(import.meta.url).resolve('vega-datasets')
  return join(dirname(entry), '..', 'data', 'sp500-2000.csv')
}

/** @throws where the file is not the one that this expects */
export function readPrices(path: string): Bar[] {
  const [columns, ...rows] = readFileSync(path, 'utf8').trim().split(/\r?\n/)
  if (columns !== COLUMNS) throw new Error(`${path}: the columns are "${columns}", not "${COLUMNS}"`)
  return rows.map((row, i) => {
    const [date = '', ...figures] = row.split(',')
    const [open, high, low, close, adjustedClose, volume] = figures.map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    // The store would accept NaN as a float64: what is no number has to be caught here.
    if (figures.length !== 6 || figures.some((figure) => figure === '' || !Number.isFinite(Number(figure)))) {
      throw new Error(`${path}, line ${i + 2}: "${row}" is not a date and six numbers`)
    }
    return { date, open, high, low, close, adjustedClose, volume }
  })
}

/** Tables, charts and the document that are made of results. */
import { describe, expect, it } from 'vitest'
import { barChart, decades, lineChart } from '../../bench/report/charts/svg.ts'
import { figure, ratio, short } from '../../bench/report/figures.ts'
import { runtimesOf, table, targetsTable, typesTable, verdict } from '../../bench/report/tables.ts'
import { reportOf } from '../../bench/report/write.ts'
import { readResults, textOf } from '../../bench/results/file.ts'
import type { Results } from '../../bench/results/results.ts'
import { isMet, TARGETS } from '../../bench/results/targets.ts'
import { readText } from '../house/sources.support.ts'
import { ROOT } from '../support/project.ts'
import { part, resultsOf, row } from './results.support.ts'

const target = { id: 'get-float64', max: 1.5, unit: 'times' } as const

describe('a target', () => {
  it('is met up to what is shown of the ratio', () => {
    expect(isMet(target, row('get-float64', 1.5, 1))).toBe(true)
    expect(isMet(target, row('get-float64', 1.504, 1))).toBe(true)
    expect(isMet(target, row('get-float64', 1.506, 1))).toBe(false)
  })

  it('in nanoseconds is of the time, whatever the ratio', () => {
    const short = { id: 'get-text-ticker', max: 8, unit: 'ns' } as const
    expect(isMet(short, row('get-text-ticker', 7, 1))).toBe(true)
    expect(isMet(short, row('get-text-ticker', 9, 100))).toBe(false)
  })

  it('in milliseconds is of the time in nanoseconds', () => {
    const opening = { id: 'open-clean', max: 5, unit: 'ms' } as const
    expect(verdict(opening, row('open-clean', 4e6, 1))).toBe('4.00 ms')
    expect(verdict(opening, row('open-clean', 6e6, 1))).toBe('**6.00 ms** ✗')
  })

  it('that was not measured is neither met nor missed', () => {
    expect(verdict(target, undefined)).toBe('–')
  })

  it('each has an id of its own', () => {
    expect(new Set(TARGETS.map(({ id }) => id)).size).toBe(TARGETS.length)
  })
})

describe('tables', () => {
  it('have a column for each runtime, Node by version and the others behind', () => {
    const results = resultsOf(
      part('fields', '1.3.0', [row('get-float64', 2, 1)], 'Bun'),
      part('fields', '22.1.0', [row('get-float64', 1.4, 1)]),
      part('fields', '9.9.9', [row('get-float64', 1.6, 1)]),
    )
    expect(runtimesOf(results).map(({ version }) => version)).toEqual(['9.9.9', '22.1.0', '1.3.0'])
    const line = targetsTable(results)
      .split('\n')
      .find((each) => each.includes('label of get-float64'))
    expect(line).toBe('| label of get-float64; against bare | ≤ 1.5× | **1.60×** ✗ | 1.40× | **2.00×** ✗ |')
  })

  it('have every target, measured or not', () => {
    expect(targetsTable(resultsOf()).split('\n')).toHaveLength(TARGETS.length + 2)
  })

  it('have a type that only one runtime measured', () => {
    const results = resultsOf(
      part('types', '20.0.0', []),
      part('types', '22.0.0', [row('type-get-int8', 3, 2)]),
    )
    expect(typesTable(results)).toContain('| label of type-get-int8 | – | 1.50× |')
  })

  it('keep a cell together', () => {
    expect(table(['a', 'b'], [['x|y', '1']])).toBe('| a | b |\n| --- | ---: |\n| x\\|y | 1 |')
  })
})

describe('figures', () => {
  it('are in the unit that suits them', () => {
    expect([1.234, 12.34, 123.4, 1234, 12345, 1.234e6, 1.234e9].map(figure)).toEqual([
      '1.23 ns',
      '12.3 ns',
      '123 ns',
      '1.23 µs',
      '12.3 µs',
      '1.23 ms',
      '1.23 s',
    ])
    expect([1.005, 99.96, 12345].map(ratio)).toEqual(['1.00×', '100×', '12,345×'])
    expect([100, 1e4, 1e7].map(short)).toEqual(['100', '10 k', '10 M'])
  })
})

describe('charts', () => {
  it('give the greater value the longer bar', () => {
    const bars = [1, 10, 100].map((value) => ({ label: `${value}`, value, text: '' }))
    for (const isLogarithmic of [true, false]) {
      const lengths = [...barChart('t', 's', bars, isLogarithmic).matchAll(/<rect .*? width="([\d.]+)"/g)]
      const [a, b, c] = lengths.map(([, length]) => Number(length)) as [number, number, number]
      expect(a).toBeLessThan(b)
      expect(b).toBeLessThan(c)
      // A logarithmic scale makes equal steps of equal ratios; a linear one starts at nothing.
      if (!isLogarithmic) expect(c / b).toBeCloseTo(10)
    }
  })

  it('span whole decades', () => {
    expect(decades([3, 250])).toEqual([1, 10, 100, 1000])
    expect(decades([10])).toEqual([10, 100])
  })

  it('put greater values higher, and further right', () => {
    const points = [
      [1e3, 1],
      [1e4, 100],
    ] as const
    const axis = { title: '', tick: String }
    const svg = lineChart('t', 's', [{ name: 'n', points }], axis, axis)
    const drawn = /polyline.* points="(.*?)"/.exec(svg)?.[1] ?? ''
    const [x1, y1, x2, y2] = drawn.split(/[ ,]/).map(Number) as [number, number, number, number]
    expect(x2).toBeGreaterThan(x1)
    expect(y2).toBeLessThan(y1)
  })

  it('take any name', () => {
    const svg = barChart('a < b & "c"', '', [{ label: '<i>', value: 1, text: '' }], false)
    expect(svg).toContain('a &#60; b &#38; &#34;c&#34;')
    expect(svg).not.toContain('<i>')
  })
})

describe('what is checked in', () => {
  it('has a line for each row, and holds what is written of it', () => {
    const text = readText('bench/results.json')
    const results = JSON.parse(text) as Results
    expect(textOf(results)).toBe(text)
    const lines = text.split('\n').map((line) => line.trim().replace(/,$/, ''))
    for (const row of results.parts.flatMap(({ rows }) => rows)) expect(lines).toContain(JSON.stringify(row))
    for (const { points } of results.scale) {
      for (const point of points) expect(lines).toContain(JSON.stringify(point))
    }
  })

  it('is what the recorded results give: nothing is typed by hand', () => {
    const results = readResults(ROOT)
    if (results === undefined) throw new RangeError('there are no recorded results')
    const report = reportOf(results)
    expect(Object.keys(report)).toContain('docs/charts/headline.svg')
    for (const [path, text] of Object.entries(report)) expect(readText(path), path).toBe(text)
  })
})

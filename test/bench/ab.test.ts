/** The A/B run: what it convicts and what it acquits, what it shows, and what its operations are. */
import { describe, expect, it } from 'vitest'
import { isDoubtful, isSlower, MAX_RATIO, TRIES, together } from '../../bench/ab/judge.ts'
import { OPERATIONS } from '../../bench/ab/operations.ts'
import { lineOf, tableOf } from '../../bench/ab/table.ts'
import { RUNTIMES, shortNameOf } from '../runtimes/runtimes.ts'

const tries = (...ratios: number[]) => ratios.map((ratio) => ({ ratio, baseNs: 100, newNs: 100 * ratio }))

describe('an operation', () => {
  it('is convicted where each of three tries is more than 1.05 times as slow', () => {
    expect([MAX_RATIO, TRIES]).toEqual([1.05, 3])
    expect(isSlower(tries(1.06, 1.2, 1.051))).toBe(true)
  })

  it('is acquitted by one try that is not', () => {
    expect(isSlower(tries(1.3, 1.3, 1.05))).toBe(false)
    expect(isSlower(tries(1.3, 1.04))).toBe(false)
    expect(isSlower(tries(0.9))).toBe(false)
  })

  it('is not convicted before the third', () => {
    expect(isSlower(tries(2, 2))).toBe(false)
    expect(isSlower([])).toBe(false)
  })

  it('is tried again only while there is a doubt', () => {
    expect(isDoubtful(tries(1.06))).toBe(true)
    expect(isDoubtful(tries(1.06, 1.06))).toBe(true)
    expect(isDoubtful(tries(1.06, 1.06, 1.06))).toBe(false)
    expect(isDoubtful(tries(1.04))).toBe(false)
    expect(isDoubtful(tries(1.06, 1.04))).toBe(false)
  })

  it('is not convicted by ratios where its best times are as good, nor by best times where its ratios are', () => {
    const lucky = { ratio: 1.2, baseNs: 100, newNs: 104 }
    const unlucky = { ratio: 1.04, baseNs: 100, newNs: 120 }
    expect(isSlower([lucky, lucky, lucky])).toBe(false)
    expect(isSlower([unlucky, unlucky, unlucky])).toBe(false)
    expect(isDoubtful([lucky])).toBe(false)
  })

  it('is not acquitted by what is no number', () => {
    expect(isSlower(tries(Number.NaN, Number.NaN, Number.NaN))).toBe(true)
  })
})

describe('what is shown', () => {
  const row = (operation: string, runtime: string, ...ratios: number[]) => ({
    operation,
    runtime,
    ...together(tries(...ratios)),
    isSlower: isSlower(tries(...ratios)),
    tries: tries(...ratios),
  })

  it('is the median of the ratios and the best of the times', () => {
    expect(together(tries(1.5, 1, 1.1))).toEqual({ ratio: 1.1, baseNs: 100, newNs: 100 })
  })

  it('is a row for each operation and a column for each runtime, with what got slower marked', () => {
    const rows = [
      row('get', 'Node.js 26', 1),
      row('set', 'Node.js 26', 1.1, 1.2, 1.3),
      row('get', 'Bun', 0.5),
    ]
    const cells = tableOf(rows)
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
    expect(cells[0]).toEqual(['', 'new to base (ns)', 'Node.js 26', 'Bun', ''])
    expect(cells[2]).toEqual(['', 'get', '1.00 (100 → 100)', '0.50 (100 → 50.0)', ''])
    expect(cells[3]).toEqual(['', 'set', '✗ 1.20 (100 → 110)', '–', ''])
  })

  it('is every try where there were several', () => {
    expect(lineOf(row('set', 'Bun', 1.1, 0.9))).toMatch(/^set .* tries 1\.100, 0\.900$/)
    expect(lineOf(row('set', 'Bun', 1))).not.toContain('tries')
  })
})

describe('the operations', () => {
  it('each have a name of their own', () => {
    expect(new Set(OPERATIONS.map(({ name }) => name)).size).toBe(OPERATIONS.length)
  })

  it('have classes of names that differ, where there are several', () => {
    for (const { name, shapes } of OPERATIONS) {
      expect(new Set(shapes.map((shape) => shape.name)).size, name).toBe(shapes.length)
    }
  })

  it('can be run on each runtime by a short name', () => {
    expect(RUNTIMES.map(shortNameOf)).toEqual(['node20', 'node22', 'node24', 'node26', 'bun', 'deno'])
  })
})

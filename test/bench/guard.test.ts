/** The guard against getting slower: what it lets pass, and what it stops. */
import { describe, expect, it } from 'vitest'
import { regressions } from '../../bench/guard-compare.ts'
import { row } from './results.support.ts'

const recorded = [row('get', 1.5, 1), row('set', 2, 1)]

describe('the guard', () => {
  it('stops what is more than 30 % worse in each of three tries, and tells by how much at the best', () => {
    const tries = [[row('get', 4, 2)], [row('get', 5, 2)], [row('get', 6, 2)]]
    expect(regressions(recorded, tries)).toEqual([
      { id: 'get', label: 'label of get', recorded: 1.5, measured: 2 },
    ])
  })

  it('lets pass what was within 30 % in one of the tries', () => {
    const tries = [[row('get', 4, 2)], [row('get', 1.94, 1)], [row('get', 6, 2)]]
    expect(regressions(recorded, tries)).toEqual([])
  })

  it('draws the line at 30 %', () => {
    expect(regressions(recorded, [[row('set', 2.59, 1)]])).toEqual([])
    expect(regressions(recorded, [[row('set', 2.61, 1)]])).toHaveLength(1)
  })

  it('compares ratios, not times: a machine ten times as slow has lost nothing', () => {
    expect(regressions(recorded, [[row('get', 15, 10), row('set', 20, 10)]])).toEqual([])
  })

  it('finds each of several', () => {
    expect(regressions(recorded, [[row('get', 9, 1), row('set', 9, 1)]]).map(({ id }) => id)).toEqual([
      'get',
      'set',
    ])
  })

  it('has no verdict on what has no ratio, or was not measured', () => {
    const { ratio: _, ...plain } = row('open', 9, 1)
    expect(regressions([plain], [[row('open', 99, 1)]])).toEqual([])
    expect(regressions(recorded, [[row('other', 99, 1)]])).toEqual([])
    expect(regressions(recorded, [[]])).toEqual([])
  })
})

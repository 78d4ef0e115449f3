/** What is made of samples. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { median, quantile, ratioOfRounds, rounded } from '../../bench/measure/statistics.ts'

describe('quantile', () => {
  it('interpolates between neighbours, whatever their order', () => {
    expect(quantile([3, 1, 2, 4], 0)).toBe(1)
    expect(quantile([3, 1, 2, 4], 1)).toBe(4)
    expect(quantile([3, 1, 2, 4], 0.5)).toBe(2.5)
    expect(quantile([10, 20], 0.99)).toBeCloseTo(19.9)
    expect(quantile([5], 0.99)).toBe(5)
  })

  it('sorts numbers as numbers', () => {
    expect(median([9, 10, 100])).toBe(10)
  })

  it('has none of no samples', () => {
    expect(median([])).toBeNaN()
  })

  it('leaves the samples as they are', () => {
    const samples = [2, 1]
    median(samples)
    expect(samples).toEqual([2, 1])
  })
})

describe('the ratio of rounds', () => {
  it('is that of two subjects whatever load they share, and whatever disturbs some rounds of one', () => {
    const loads = fc.array(fc.double({ min: 1, max: 100, noNaN: true }), { minLength: 5, maxLength: 50 })
    fc.assert(
      fc.property(loads, fc.double({ min: 0.1, max: 10, noNaN: true }), (load, ratio) => {
        const theirs = load.map((slowness) => 3 * slowness)
        const ours = load.map((slowness, i) => 3 * slowness * ratio * (i % 3 === 2 ? 50 : 1))
        expect(ratioOfRounds(ours, theirs)).toBeGreaterThanOrEqual(ratio * 0.999)
        expect(ratioOfRounds(ours, theirs)).toBeLessThan(ratio * 1.001)
      }),
    )
  })

  it('takes two figures of the same rounds only', () => {
    expect(() => ratioOfRounds([1, 2], [1])).toThrow(RangeError)
  })
})

describe('rounded', () => {
  it('keeps four digits', () => {
    expect([123456, 0.0123456, 1, 0].map(rounded)).toEqual([123500, 0.01235, 1, 0])
    expect(rounded(Number.NaN)).toBeNaN()
  })
})

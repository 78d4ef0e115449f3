/** Waits that end: when what is tried succeeds, and when the time is up. */
import { expect, it } from 'vitest'
import { MmapForgeError } from '../../src/errors.ts'
import { RACE_TRIES, waitUntil } from '../../src/protocol/patience.ts'
import { codeOf } from '../support/errors.ts'

const late = () => new MmapForgeError('ERR_TIMEOUT', 'late')

it('gives what succeeds, however falsy', () => {
  const results = [undefined, false, undefined, 0]
  expect(waitUntil(() => results.shift() as number | undefined | false, 10_000, late)).toBe(0)
  expect(results).toEqual([])
})

it('throws once the time is up, and not before', () => {
  const began = performance.now()
  expect(codeOf(() => waitUntil(() => false, 20, late))).toBe('ERR_TIMEOUT')
  expect(performance.now() - began).toBeGreaterThanOrEqual(20)
})

it('is tried as often as is said where there is no time at all', () => {
  for (const lateTries of [1, 7, RACE_TRIES]) {
    let tries = 0
    const attempt = () => {
      // So that the time is up, however coarse its clock.
      for (const began = performance.now(); performance.now() === began; );
      return ++tries > lateTries
    }
    expect(codeOf(() => waitUntil(attempt, 0, late, lateTries))).toBe('ERR_TIMEOUT')
    expect(tries).toBe(lateTries)
  }
})

it('what is thrown ends it', () => {
  const attempt = () => {
    throw new MmapForgeError('ERR_LOCKED', 'no')
  }
  expect(codeOf(() => waitUntil(attempt, 10_000, late))).toBe('ERR_LOCKED')
})

/** The torture itself is tested: what is sound passes it, and every mutant is caught. It runs as compiled for users. */
import { describe, expect, test } from 'vitest'
import { MUTANT_SECONDS, type Run, runTorture } from './run.support.ts'

/** So long that no machine is too busy: what is sought are wrong values, not slow ones. */
const STALL_TIMEOUT_MS = 60_000

const torture = (variant: string, ...options: string[]): Promise<Run> =>
  runTorture('--variant', variant, '--stall-timeout', String(STALL_TIMEOUT_MS), ...options)

describe('what is sound passes', () => {
  test.each([
    ['default', '3'],
    ['atomic', '1.5'],
    ['closures', '1.5'],
  ])('%s', async (variant, seconds) => {
    const { exitCode, result } = await torture(variant, '--seconds', seconds)
    expect(result.evidence).toEqual([])
    expect(exitCode).toBe(0)
    const { reads, writes, growths } = result.counts
    expect(Math.min(reads, writes, growths)).toBeGreaterThan(0)
  })
})

describe('a mutant is caught', () => {
  test.each([
    ['unchecked', ['torn']],
    // Which of the two comes first ends the run. A field that a cursor reads after another one, and finds older, is no
    // torn read: each was read by itself.
    ['unmarked', ['torn', 'backwards']],
    // A record that was counted too early is seen empty as a whole, or field by field.
    ['early', ['zeroed', 'torn']],
    ['deaf', ['stale']],
  ])('%s', { timeout: 2 * MUTANT_SECONDS * 1000 }, async (variant, kinds) => {
    const { exitCode, result } = await torture(variant, '--until-caught', '--seconds', String(MUTANT_SECONDS))
    expect(exitCode).toBe(1)
    expect(Object.keys(result.violationCounts).filter((kind) => kinds.includes(kind))).not.toEqual([])
    expect(result.evidence.length).toBeGreaterThan(0)
  })
})

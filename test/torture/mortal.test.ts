/** Writers that are killed: what is sound passes, and every mutant is caught. It runs as compiled for users. */
import { describe, expect, test } from 'vitest'
import { MUTANT_SECONDS, runTorture } from './run.support.ts'

/** Short, for the mutant that keeps others waiting for ever; long enough for the living, on a busy machine. */
const MUTANT_STALL_MS = '1000'

describe('writers that are killed leave nothing torn and lose nothing', () => {
  test.each([
    ['one of many', ['--writers', '3', '--kill-every', '10', '--seconds', '2.5']],
    ['and stopped', ['--writers', '3', '--kill-every', '20', '--stop-every', '50', '--seconds', '1.5']],
    ['the only one', ['--mode', 'one', '--kill-every', '10', '--seconds', '1.5']],
  ])('%s', async (_, options) => {
    const { exitCode, result } = await runTorture('--variant', 'dawdling', '--readers', '1', ...options)
    expect(result.evidence).toEqual([])
    expect(exitCode).toBe(0)
    const { reads, writes, kills, rounds } = result.counts
    expect(Math.min(reads, writes, kills, rounds)).toBeGreaterThan(0)
  })
})

describe('a mutant is caught', () => {
  test.each([
    ['no-cas', '20', ['torn', 'lost', 'stale', 'backwards']],
    ['no-journal', '20', ['torn']],
    // Killed less often: a writer has to live long enough to be kept waiting.
    ['no-takeover', '60', ['stalled']],
    ['no-liveness', '20', ['torn', 'lost', 'stale', 'stalled']],
  ])('%s', { timeout: 2 * MUTANT_SECONDS * 1000 }, async (variant, killEveryMs, kinds) => {
    const { exitCode, result } = await runTorture(
      ...['--variant', variant, '--until-caught', '--seconds', String(MUTANT_SECONDS)],
      ...[
        '--writers',
        '3',
        '--readers',
        '1',
        '--kill-every',
        killEveryMs,
        '--stall-timeout',
        MUTANT_STALL_MS,
      ],
    )
    expect(exitCode).toBe(1)
    expect(result.evidence.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([expect.toSatisfy((kind) => kinds.includes(kind))]),
    )
  })
})

/** The torture itself is tested: what is sound passes it, and every mutant is caught. It runs as compiled for users. */
import { execFile } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { builtPath } from '../support/project.ts'
import type { RunResult } from './output.ts'

/** So long that no machine is too busy: what is sought are wrong values, not slow ones. */
const STALL_TIMEOUT_MS = 60_000
/** Mutants are caught within a second or two; this is for machines that do much else. */
const MUTANT_SECONDS = 120

interface Run {
  readonly exitCode: number | string | null | undefined
  readonly result: RunResult
}

function torture(variant: string, ...options: string[]): Promise<Run> {
  const flags = process.versions['deno'] === undefined ? [] : ['run', '-A']
  const args = ['--variant', variant, '--json', '--stall-timeout', String(STALL_TIMEOUT_MS), ...options]
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...flags, builtPath('build/test/torture/main.js'), ...args],
      (error, output, errors) => {
        if (output === '') reject(new Error(`the torture printed nothing but: ${errors}`))
        else resolve({ exitCode: error === null ? 0 : error.code, result: JSON.parse(output) as RunResult })
      },
    )
  })
}

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
    ['unmarked', ['torn']],
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

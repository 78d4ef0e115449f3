/** Runs the torture on a runtime: what is sound must pass it, and the mutants must be caught. */
import { join } from 'node:path'
import type { RunResult } from '../torture/output.ts'
import { noCounts } from '../torture/participant-spec.ts'
import { run } from './run.ts'

/** Mutants are given this long to be caught where they must be. */
const MUTANT_SECONDS = 60
/** For starting and ending, on a busy machine. */
const SPARE_MS = 120_000

export interface TortureResult {
  readonly reads: number
  readonly violations: number
  /** Writers that were killed; their violations count as well. */
  readonly kills: number
  /** What was caught of the mutant that skips the re-check, in words; undefined for nothing. */
  readonly unchecked: string | undefined
  /** The same of the mutant with plain counter loads. */
  readonly plain: string | undefined
  /** Of the variants that are sound: what they must not have. */
  readonly evidence: readonly string[]
}

export async function runTorture(
  command: readonly string[],
  root: string,
  { seconds, mustCatchPlain }: { seconds: number; mustCatchPlain: boolean },
): Promise<TortureResult> {
  const torture = async (variant: string, forSeconds: number, ...options: string[]): Promise<RunResult> => {
    const { exitCode, standardOutput, output } = await run(
      [
        ...command,
        join(root, 'build/test/torture/main.js'),
        ...['--json', '--variant', variant, '--seconds', String(forSeconds), ...options],
      ],
      { cwd: root, timeoutMs: forSeconds * 1000 + SPARE_MS },
    )
    return resultFrom(standardOutput) ?? crashed(`${variant}: exit code ${exitCode}: ${output.trim()}`)
  }
  const mortal = (...options: string[]): Promise<RunResult> =>
    torture('dawdling', seconds, '--kill-every', '20', ...options)
  const sound = [
    await torture('default', seconds),
    await torture('atomic', seconds),
    await mortal('--mode', 'one'),
    await mortal('--writers', '3'),
    await mortal('--writers', '3', '--births', 'processes', '--stop-every', '200'),
  ]
  const unchecked = await torture('unchecked', MUTANT_SECONDS, '--until-caught')
  let plain = await torture('plain', seconds)
  if (mustCatchPlain && plain.violations === 0)
    plain = await torture('plain', MUTANT_SECONDS, '--until-caught')
  return {
    reads: sound.reduce((sum, { counts }) => sum + counts.reads, 0),
    violations: sound.reduce((sum, { violations }) => sum + violations, 0),
    kills: sound.reduce((sum, { counts }) => sum + counts.kills, 0),
    unchecked: unchecked.violations === 0 ? undefined : inTime(unchecked.caughtAfterMs ?? 0),
    plain: plain.violations === 0 ? undefined : inWords(plain),
    evidence: sound.flatMap(({ evidence }) =>
      evidence.map(({ kind, by, operation, evidence: seen }) => `${kind}: ${by}, ${operation}: ${seen}`),
    ),
  }
}

function resultFrom(output: string): RunResult | undefined {
  try {
    return JSON.parse(output) as RunResult
  } catch {
    return undefined
  }
}

/** Threads take the whole process with them when they crash, and its result. */
function crashed(evidence: string): RunResult {
  return {
    counts: noCounts(),
    violations: 1,
    violationCounts: { crash: 1 },
    evidence: [{ kind: 'crash', by: 'all', operation: 'the run', round: 0, evidence }],
    caughtAfterMs: undefined,
  }
}

function inTime(ms: number): string {
  return `within ${Math.max(0.1, Math.ceil(ms / 100) / 10)} s`
}

function inWords({ violationCounts }: RunResult): string {
  return Object.entries(violationCounts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ')
}

/** What a run prints. */
import { COUNT_NAMES, type Counts, noCounts, type Violation, type ViolationKind } from './participant-spec.ts'
import type { CampaignResult, ViolationCounts } from './tally.ts'

const SHOWN_EVIDENCE_COUNT = 10

/** The result of a run, over all its campaigns; with `--json` it is what is printed. */
export interface RunResult {
  readonly counts: Counts
  readonly violations: number
  readonly violationCounts: ViolationCounts
  readonly evidence: readonly Violation[]
  readonly caughtAfterMs: number | undefined
}

export function addUp(results: readonly CampaignResult[]): RunResult {
  const counts = noCounts()
  const violationCounts: ViolationCounts = {}
  for (const result of results) {
    for (const name of COUNT_NAMES) counts[name] += result.counts[name]
    for (const [kind, count] of Object.entries(result.violationCounts) as [ViolationKind, number][]) {
      violationCounts[kind] = (violationCounts[kind] ?? 0) + count
    }
  }
  return {
    counts,
    violations: Object.values(violationCounts).reduce((sum, count) => sum + count, 0),
    violationCounts,
    evidence: results.flatMap(({ evidence }) => evidence).slice(0, SHOWN_EVIDENCE_COUNT),
    caughtAfterMs: results.find(({ caughtAfterMs }) => caughtAfterMs !== undefined)?.caughtAfterMs,
  }
}

/** What a run comes to, for one line. */
export function summary({ counts, violations }: RunResult, seconds: number): Record<string, number> {
  const perSecond = (count: number): number => Math.round((count / seconds) * 10) / 10
  return {
    ...counts,
    seconds: Math.round(seconds * 10) / 10,
    readsPerSecond: perSecond(counts.reads),
    killsPerSecond: perSecond(counts.kills),
    violations,
  }
}

export function printResult(name: string, result: CampaignResult, log: (line: string) => void): void {
  const { counts, violationCounts } = result
  const kinds = Object.entries(violationCounts).map(([kind, count]) => `${count} ${kind}`)
  log(
    `  ${name}: ${COUNT_NAMES.map((count) => `${counts[count].toLocaleString('en')} ${count}`).join(', ')}, ` +
      `violations: ${kinds.length === 0 ? 'none' : kinds.join(', ')}`,
  )
}

export function printEvidence({ evidence }: CampaignResult, log: (line: string) => void): void {
  for (const { kind, by, round, operation, evidence: seen } of evidence.slice(0, SHOWN_EVIDENCE_COUNT)) {
    log(`    ${kind}: ${by}, round ${round}, ${operation}: ${seen}`)
  }
}

/** What all participants of a campaign have reported, and which of them have fallen silent. */
import { join } from 'node:path'
import {
  COUNT_NAMES,
  type Counts,
  noCounts,
  type Report,
  type Violation,
  type ViolationKind,
} from './participant-spec.ts'
import { ReportFile } from './report-file.ts'
import { reportFile } from './session.ts'

export type ViolationCounts = Partial<Record<ViolationKind, number>>

export interface CampaignResult {
  readonly counts: Counts
  readonly violationCounts: ViolationCounts
  readonly evidence: readonly Violation[]
  /** From when all were at work to the first violation. */
  readonly caughtAfterMs: number | undefined
}

interface Participant {
  readonly name: string
  readonly file: ReportFile
  last: Report | undefined
  reportedAtMs: number
  hasEnded: boolean
}

export class Tally {
  readonly #directory: string
  readonly #participants: Participant[] = []
  readonly #evidence: Violation[] = []
  /** Violations that are seen from outside: of those that can't report any more. */
  readonly #fates: Violation[] = []
  #completeAtMs: number | undefined
  #caughtAtMs: number | undefined

  constructor(directory: string) {
    this.#directory = directory
  }

  started(name: string): void {
    this.#participants.push({
      name,
      file: new ReportFile(join(this.#directory, reportFile(name))),
      last: undefined,
      reportedAtMs: performance.now(),
      hasEnded: false,
    })
  }

  /** Takes in what was reported since the last time. */
  poll(): void {
    const nowMs = performance.now()
    for (const participant of this.#participants) {
      for (const report of participant.file.next()) {
        participant.last = report
        participant.reportedAtMs = nowMs
        this.#evidence.push(...report.evidence)
      }
    }
    if (this.isAtWork) this.#completeAtMs ??= nowMs
    if (this.violationCount > 0) this.#caughtAtMs ??= nowMs
  }

  /** Whether all that are there have begun to read or to write. */
  get isAtWork(): boolean {
    const present = this.#participants.filter(({ hasEnded }) => !hasEnded)
    return present.every(({ last }) => last !== undefined && last.counts.reads + last.counts.writes > 0)
  }

  /** Whether anyone has ended without leave. */
  get someoneFell(): boolean {
    return this.#participants.some(({ hasEnded, last }) => hasEnded && last?.isFinal !== true)
  }

  get violationCount(): number {
    return Object.values(this.#violationCounts()).reduce((sum, count) => sum + count, 0)
  }

  /** Notes that a participant is gone; `fault` where it did not end by itself. */
  ended(name: string, fault: string | undefined): void {
    const participant = this.#participants.find((candidate) => candidate.name === name)
    if (participant === undefined || participant.hasEnded) return
    this.poll()
    participant.hasEnded = true
    if (fault !== undefined) this.#fate('crash', name, fault)
  }

  /** Notes as hanging whoever is still there and has been silent for too long. */
  hangs(how: string, isTooLong: (silentMs: number) => boolean): void {
    const nowMs = performance.now()
    for (const participant of this.#participants) {
      if (participant.hasEnded || !isTooLong(nowMs - participant.reportedAtMs)) continue
      participant.hasEnded = true
      this.#fate('hang', participant.name, how)
    }
  }

  result(): CampaignResult {
    const counts = noCounts()
    for (const { last } of this.#participants) {
      for (const name of COUNT_NAMES) counts[name] += last?.counts[name] ?? 0
    }
    const caughtAtMs = this.#caughtAtMs
    return {
      counts,
      violationCounts: this.#violationCounts(),
      evidence: [...this.#fates, ...this.#evidence],
      caughtAfterMs:
        caughtAtMs === undefined ? undefined : Math.max(0, caughtAtMs - (this.#completeAtMs ?? caughtAtMs)),
    }
  }

  #fate(kind: 'crash' | 'hang', by: string, evidence: string): void {
    this.found({ kind, by, operation: 'its run', round: 0, evidence })
  }

  /** Notes a violation that no participant reports. */
  found(violation: Violation): void {
    this.#fates.push(violation)
    this.#caughtAtMs ??= performance.now()
  }

  #violationCounts(): ViolationCounts {
    const totals: ViolationCounts = {}
    const add = (kind: ViolationKind, count: number): void => {
      totals[kind] = (totals[kind] ?? 0) + count
    }
    for (const { last } of this.#participants) {
      for (const [kind, count] of Object.entries(last?.violationCounts ?? {}))
        add(kind as ViolationKind, count)
    }
    for (const { kind } of this.#fates) add(kind, 1)
    return totals
  }
}

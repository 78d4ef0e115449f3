/** A participant's link to the coordinator: reports go into a file, the permission to go on is a file. */
import { closeSync, existsSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { noCounts, type ParticipantSpec, type Report, type Violation } from './participant-spec.ts'

/** As long as it is there, participants go on. */
export const RUNNING_FILE = 'running'
export const reportFile = (name: string): string => `${name}.report`

const REPORT_INTERVAL_MS = 100
/** Violations of which the evidence is kept; beyond that they are counted. */
const MAX_EVIDENCE_COUNT = 10

// Files rather than pipes or messages: writing one works within a loop that never yields, alike in processes and
// threads, and on every runtime; and what was reported outlives whoever is killed.
export class Session {
  readonly spec: ParticipantSpec
  readonly counts = noCounts()
  readonly #violationCounts: Partial<Record<Violation['kind'], number>> = {}
  readonly #runningPath: string
  readonly #reportFd: number
  readonly #endsAtMs: number
  #evidence: Violation[] = []
  #evidenceCount = 0
  #reportsAtMs = 0

  constructor(spec: ParticipantSpec) {
    this.spec = spec
    this.#runningPath = join(spec.directory, RUNNING_FILE)
    this.#reportFd = openSync(join(spec.directory, reportFile(spec.name)), 'a')
    this.#endsAtMs = performance.now() + spec.lifeMs
  }

  /** Reports when it is time to; gives whether to go on. Called between steps of a few milliseconds. */
  goesOn(): boolean {
    const nowMs = performance.now()
    if (nowMs < this.#reportsAtMs) return true
    this.#reportsAtMs = nowMs + REPORT_INTERVAL_MS
    this.#report(false)
    return nowMs < this.#endsAtMs && existsSync(this.#runningPath)
  }

  /** Reports a wrong observation; `times` where a loop made it more than once. */
  violation(found: Omit<Violation, 'by'>, times = 1): void {
    this.#violationCounts[found.kind] = (this.#violationCounts[found.kind] ?? 0) + times
    if (++this.#evidenceCount <= MAX_EVIDENCE_COUNT) this.#evidence.push({ ...found, by: this.spec.name })
  }

  end(): void {
    this.#report(true)
    closeSync(this.#reportFd)
  }

  #report(isFinal: boolean): void {
    const report: Report = {
      counts: this.counts,
      violationCounts: this.#violationCounts,
      evidence: this.#evidence,
      isFinal,
    }
    this.#evidence = []
    writeSync(this.#reportFd, `${JSON.stringify(report)}\n`)
  }
}

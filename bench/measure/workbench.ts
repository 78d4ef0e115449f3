/** What the operations are measured with: a folder for stores, an effort, and the comparison itself. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Baseline, Row, Timing } from '../results/results.ts'
import { allocatedBytes } from './allocation.ts'
import { type Effort, type Sampled, type Subject, sampleInTurns } from './sample.ts'
import { median, quantile, ratioOfRounds, rounded } from './statistics.ts'

export interface Comparison {
  readonly id: string
  readonly label: string
  readonly ours: Subject
  readonly baselines?: readonly Subject[]
  /** The baseline that counts; the fastest by default. */
  readonly against?: string
}

/** A folder in memory, where the disk is to stay out of the figures. */
export const MEMORY_FOLDER = existsSync('/dev/shm') ? '/dev/shm' : undefined

export class Workbench {
  readonly effort: Effort
  readonly rows: Row[] = []
  readonly #folders: string[] = []
  readonly #parent: string
  readonly #report: (row: Row) => void

  constructor(parent: string, effort: Effort, report: (row: Row) => void) {
    this.#parent = parent
    this.effort = effort
    this.#report = report
  }

  /** A path where nothing stands yet. */
  path(parent: string = this.#parent): string {
    const folder = mkdtempSync(join(parent, 'mmapforge-bench-'))
    this.#folders.push(folder)
    return join(folder, 'store.mmf')
  }

  compare(comparison: Comparison): void {
    const { ours, baselines = [] } = comparison
    const subjects = [ours, ...baselines]
    const [first, ...others] = sampleInTurns(subjects, this.effort)
    this.add(
      comparison,
      timingOf(ours, first as Sampled),
      baselines.map((baseline, i) => {
        const sampled = others[i] as Sampled
        const ratio = rounded(ratioOfRounds((first as Sampled).roundsNs, sampled.roundsNs))
        return { ...timingOf(baseline, sampled), ratio }
      }),
    )
  }

  /** Takes a row that was measured in another way. */
  add(
    { id, label, against }: Pick<Comparison, 'id' | 'label' | 'against'>,
    ours: Timing,
    baselines: readonly Baseline[] = [],
  ): void {
    const best = baselines.find(({ name }) => name === against) ?? fastest(baselines)
    const row = { id, label, ours, baselines, ...(best && { ratio: best.ratio, against: best.name }) }
    this.rows.push(row)
    this.#report(row)
  }

  dispose(): void {
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }
}

/** The one that ours takes the most times as long as. */
function fastest(baselines: readonly Baseline[]): Baseline | undefined {
  return [...baselines].sort((a, b) => b.ratio - a.ratio)[0]
}

function timingOf(subject: Subject, { samplesNs }: Sampled): Timing {
  const bytes = allocatedBytes(subject)
  return { ...timing(subject.name, samplesNs), bytes: bytes === null ? null : rounded(bytes) }
}

/** The figures of samples whose allocation is not told. */
export function timing(name: string, samplesNs: readonly number[]): Timing {
  return {
    name,
    medianNs: rounded(median(samplesNs)),
    p99Ns: rounded(quantile(samplesNs, 0.99)),
    bytes: null,
  }
}

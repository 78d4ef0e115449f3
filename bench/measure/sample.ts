/**
 * Sampling in turns. mitata, like most samplers, finishes with one function before it begins the next; on a machine that
 * is shared, one of the two then has the bad minute, and their ratio shows the neighbours. So the rounds here are our
 * own, and of mitata there is only the sink that keeps results alive.
 */
import { do_not_optimize } from 'mitata'

/** Something that is measured: a run of so many operations. */
export interface Subject {
  readonly name: string
  readonly operations: number
  /** Gives something that depends on each operation, so that none is optimised away. */
  run(): unknown
  /** Run outside the time that is taken, around each run, where a run can't be repeated as it is. */
  before?(): void
  after?(): void
}

export interface Effort {
  readonly rounds: number
  readonly samplesPerRound: number
  /** How long a sample takes at least, so that the clock's own grain doesn't show. */
  readonly sampleNs: number
  readonly warmUpMs: number
}

export const QUICK: Effort = { rounds: 15, samplesPerRound: 4, sampleNs: 50_000, warmUpMs: 60 }
export const FULL: Effort = { rounds: 31, samplesPerRound: 5, sampleNs: 100_000, warmUpMs: 100 }

const MIN_WARM_UP_OPERATIONS = 2_000_000

/** Nanoseconds an operation. */
export interface Sampled {
  /** The best sample of each round. */
  readonly roundsNs: number[]
  readonly samplesNs: number[]
}

export function sampleInTurns(subjects: readonly Subject[], effort: Effort): Sampled[] {
  for (const subject of subjects) warmUp(subject, effort.warmUpMs)
  const repeats = subjects.map((subject) => repeatsFor(subject, effort.sampleNs))
  const sampled = subjects.map((): Sampled => ({ roundsNs: [], samplesNs: [] }))
  for (let round = 0; round < effort.rounds; round++) {
    for (let turn = 0; turn < subjects.length; turn++) {
      // There and back again, so that nobody always comes after the same one.
      const which = round % 2 === 0 ? turn : subjects.length - 1 - turn
      const took = []
      for (let i = 0; i < effort.samplesPerRound; i++) {
        took.push(sample(subjects[which] as Subject, repeats[which] as number))
      }
      sampled[which]?.roundsNs.push(Math.min(...took))
      sampled[which]?.samplesNs.push(...took)
    }
  }
  return sampled
}

/** Nanoseconds an operation, over so many runs. */
function sample(subject: Subject, repeats: number): number {
  subject.before?.()
  const began = performance.now()
  for (let i = 0; i < repeats; i++) do_not_optimize(subject.run())
  const tookNs = (performance.now() - began) * 1e6
  subject.after?.()
  return tookNs / (repeats * subject.operations)
}

/** Runs until the optimising compiler, which works on another thread, has settled: the best time gets no better. */
function warmUp(subject: Subject, warmUpMs: number): void {
  const isOnce = subject.before !== undefined
  const minRuns = isOnce ? 2 : MIN_WARM_UP_OPERATIONS / subject.operations
  let best = Number.POSITIVE_INFINITY
  let runs = 0
  const began = performance.now()
  const isLate = () => performance.now() - began > warmUpMs * 8
  do {
    const before = best
    const until = performance.now() + warmUpMs / 2
    do {
      best = Math.min(best, sample(subject, 1))
      runs++
    } while (performance.now() < until)
    if (runs >= minRuns && best > before * 0.97) return
  } while (!isLate())
}

function repeatsFor(subject: Subject, sampleNs: number): number {
  if (subject.before !== undefined) return 1
  const took = Math.min(...Array.from({ length: 5 }, () => sample(subject, 3)))
  return Math.max(1, Math.ceil(sampleNs / (took * subject.operations)))
}

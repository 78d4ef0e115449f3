/** Who takes part, and on which runtime. */
import type { ParticipantSpec } from '../participant-spec.ts'
import type { MortalOptions } from './options.ts'
import type { Runner } from './runtimes.ts'
import type { MortalSpec, NurserySpec } from './spec.ts'

/** What is started: a script's one argument, and what runs it. */
interface Part<S> {
  readonly spec: S
  readonly command: readonly string[]
}

/** Readers end by themselves once they have lived so much longer than they should. */
const SPARE_LIFE_MS = 120_000

function runnerOf({ runners }: MortalOptions, place: number): Runner {
  return runners[place % runners.length] as Runner
}

/** The writers of each runtime have a nursery of their own. */
export function nurseriesOf(
  options: MortalOptions,
  common: MortalSpec,
): (Part<NurserySpec> & { readonly name: string })[] {
  const { writers, births, killEveryMs, stopEveryMs } = options
  const seatsOf = new Map<Runner, number[]>()
  for (let seat = 0; seat < writers; seat++) {
    const runner = runnerOf(options, seat)
    seatsOf.set(runner, [...(seatsOf.get(runner) ?? []), seat])
  }
  return [...seatsOf].map(([runner, seats]) => {
    const forking = births === 'forks' ? runner.forking : undefined
    // Each nursery does its share of the harm.
    const share = seats.length / writers
    const spec: NurserySpec = {
      ...common,
      seats,
      births: births === 'forks' && forking === undefined ? 'processes' : births,
      command: runner.command,
      killEveryMs: killEveryMs / share,
      stopEveryMs: stopEveryMs / share,
    }
    return { name: `nursery ${runner.name}`, command: forking ?? runner.command, spec }
  })
}

export function readersOf(
  options: MortalOptions,
  { directory, variant }: MortalSpec,
): Part<ParticipantSpec>[] {
  const { readers, writers, seconds, seed } = options
  return Array.from({ length: readers }, (_, i) => ({
    command: runnerOf(options, writers + i).command,
    spec: {
      role: 'mortal-reader',
      name: `reader ${i + 1}`,
      directory,
      variant,
      seed: seed + 1000 + i,
      campaignSeed: seed,
      lifeMs: seconds * 1000 + SPARE_LIFE_MS,
    },
  }))
}

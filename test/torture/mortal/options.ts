/** The options of the torture of mortal writers. */
import { SEAT_COUNT } from './ledger.ts'
import { DAWDLING, MORTAL_MUTANT_NAMES } from './mutants.ts'
import { type Runner, runnerNamed, thisRunner } from './runtimes.ts'
import { BIRTHS, type Births } from './spec.ts'

export interface MortalOptions {
  readonly mode: 'one' | 'many'
  readonly writers: number
  readonly readers: number
  /** They take the places of writers and readers in turns. */
  readonly runners: readonly Runner[]
  /** Where a runtime can't be forked, its writers are processes instead. */
  readonly births: Births
  readonly killEveryMs: number
  readonly stopEveryMs: number
  readonly stallTimeoutMs: number
  readonly variant: string
  readonly seed: number
  readonly seconds: number
  readonly untilCaught: boolean
}

export const MORTAL_VARIANTS: readonly string[] = ['default', 'closures', DAWDLING, ...MORTAL_MUTANT_NAMES]

/** So long that only the dead could keep a writer waiting. */
const STALL_TIMEOUT_MS = 10_000
/** Where writers are stopped, others are to give up on them. */
const STALL_TIMEOUT_WITH_STOPS_MS = 100

/** What was given on the command line that only this torture knows. */
export interface MortalArguments {
  readonly mode: string | undefined
  readonly writers: number | undefined
  readonly runtime: string | undefined
  readonly births: string | undefined
  readonly killEveryMs: number | undefined
  readonly stopEveryMs: number | undefined
}

type CommonOptions = Pick<MortalOptions, 'variant' | 'seed' | 'seconds' | 'untilCaught' | 'readers'>

/**
 * Undefined where nothing asks for it.
 *
 * @throws {Error} with a message for the user
 */
export function mortalOptionsFrom(
  given: MortalArguments,
  common: CommonOptions,
  stallTimeoutMs: number | undefined,
): MortalOptions | undefined {
  if (Object.values(given).every((value) => value === undefined)) return undefined
  const { writers = 1, births = 'forks', killEveryMs = 0, stopEveryMs = 0 } = given
  const { mode = writers > 1 ? 'many' : 'one' } = given
  if (mode !== 'one' && mode !== 'many') throw new Error(`--mode must be one or many, not "${mode}"`)
  if (mode === 'one' && writers > 1) throw new Error('--mode one has one writer; leave --writers out')
  if (writers > SEAT_COUNT) throw new Error(`--writers can't be more than ${SEAT_COUNT}`)
  if (!isBirths(births)) throw new Error(`--births must be one of ${BIRTHS.join(', ')}, not "${births}"`)
  if (births === 'threads' && stopEveryMs > 0) throw new Error('--stop-every needs processes, not threads')
  if (!MORTAL_VARIANTS.includes(common.variant)) {
    throw new Error(`--variant must be one of ${MORTAL_VARIANTS.join(', ')} here, not "${common.variant}"`)
  }
  return {
    ...common,
    mode,
    writers,
    runners: given.runtime === undefined ? [thisRunner()] : given.runtime.split(',').map(runnerNamed),
    births,
    killEveryMs,
    stopEveryMs,
    stallTimeoutMs: stallTimeoutMs ?? (stopEveryMs > 0 ? STALL_TIMEOUT_WITH_STOPS_MS : STALL_TIMEOUT_MS),
  }
}

function isBirths(name: string): name is Births {
  return (BIRTHS as readonly string[]).includes(name)
}

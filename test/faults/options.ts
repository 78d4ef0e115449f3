/** The command line of the faults. */
import { parseArgs } from 'node:util'
import { MUTANT_NAMES } from './mutants.ts'

export interface FaultOptions {
  readonly seed: number
  /** Infinite: until every case has been tried. */
  readonly seconds: number
  readonly only: string
  readonly mutant: string | undefined
  readonly untilCaught: boolean
  readonly json: boolean
}

export const USAGE = `usage: npm run test:faults -- [options]

  --seconds N       try cases by chance for so long (all of them, each once)
  --seed S          replays the order of the cases of a run (random)
  --only TEXT       of the scenarios, those whose names contain this
  --mutant NAME     with a fault in the library: ${MUTANT_NAMES.join(', ')}
  --until-caught    end at the first violation
  --json            print the result as one line of JSON, and nothing else
  --help            print this
`

/** @throws {Error} with a message for the user */
export function optionsFrom(args: readonly string[]): FaultOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      only: { type: 'string', default: '' },
      mutant: { type: 'string' },
      'until-caught': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const [seconds, seed] = [Number(values.seconds), Number(values.seed)]
  if (!(seconds > 0)) throw new Error(`--seconds can't be "${values.seconds}"`)
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed can't be "${values.seed}"`)
  const { only, mutant, json } = values
  if (mutant !== undefined && !MUTANT_NAMES.includes(mutant)) {
    throw new Error(`--mutant must be one of ${MUTANT_NAMES.join(', ')}, not "${mutant}"`)
  }
  return { seconds, seed, only, mutant, json, untilCaught: values['until-caught'] }
}

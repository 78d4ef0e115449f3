/** The command line of the torture. */
import { parseArgs } from 'node:util'
import type { CarrierName } from './carriers.ts'
import { MORTAL_VARIANTS, type MortalOptions, mortalOptionsFrom } from './mortal/options.ts'
import { VARIANT_NAMES } from './variants.ts'

export interface TortureOptions {
  readonly seconds: number
  readonly seed: number
  readonly variant: string
  readonly readers: number
  /** One campaign after the other, each with its share of the time. */
  readonly carriers: readonly CarrierName[]
  readonly stallTimeoutMs: number | undefined
  readonly untilCaught: boolean
  readonly json: boolean
  /** Instead of one writer that lives: writers that are killed, and audited. */
  readonly mortal: MortalOptions | undefined
}

export const USAGE = `usage: npm run torture -- [options]

  --seconds N           how long (5)
  --seed S              replays the random choices of a run (random)
  --variant NAME        ${VARIANT_NAMES.join(', ')} (default)
  --readers R           readers beside the writers (2)
  --carrier KIND        processes, threads or both, one after the other (both)
  --stall-timeout MS    of the readers; ERR_WRITER_STALLED is then no violation (the store's default)
  --until-caught        end at the first violation
  --json                print the result as one line of JSON, and nothing else
  --help                print this

Any of the following has writers die instead: each keeps a ledger of what it does, which outlives it, and after each round
the store is compared with the ledgers. The variants are then ${MORTAL_VARIANTS.join(', ')}; the stall
timeout is the writers', and ERR_WRITER_STALLED a violation unless writers are stopped.

  --mode MODE           one or many (one; many for more than one writer)
  --writers W           writers (1)
  --kill-every MS       a writer is killed so often, on average, and replaced at once; now and then all are (never)
  --stop-every MS       a writer is stopped so often, on average, for up to three times the stall timeout (never)
  --runtime A,B,…       node, bun, deno, node22 and the like, or paths: the writers, then the readers, take them in turns
  --births KIND         how writers are started: forks, where the runtime is Node.js, which allows a hundred kills a
                        second; processes; or threads (forks)
`

/** @throws {Error} with a message for the user */
export function optionsFrom(args: readonly string[]): TortureOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '5' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      variant: { type: 'string', default: 'default' },
      readers: { type: 'string', default: '2' },
      carrier: { type: 'string', default: 'both' },
      'stall-timeout': { type: 'string' },
      'until-caught': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      mode: { type: 'string' },
      writers: { type: 'string' },
      'kill-every': { type: 'string' },
      'stop-every': { type: 'string' },
      runtime: { type: 'string' },
      births: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const isPositive = (value: number): boolean => Number.isInteger(value) && value > 0
  const common = {
    seconds: numberFrom('seconds', values.seconds, (value) => value > 0),
    seed: numberFrom('seed', values.seed, Number.isSafeInteger),
    variant: values.variant,
    readers: numberFrom('readers', values.readers, isPositive),
    untilCaught: values['until-caught'],
  }
  const stallTimeoutMs = optionalNumber('stall-timeout', values['stall-timeout'], (value) => value >= 0)
  const mortal = mortalOptionsFrom(
    {
      mode: values.mode,
      writers: optionalNumber('writers', values.writers, isPositive),
      runtime: values.runtime,
      births: values.births,
      killEveryMs: optionalNumber('kill-every', values['kill-every'], (value) => value >= 0),
      stopEveryMs: optionalNumber('stop-every', values['stop-every'], (value) => value >= 0),
    },
    common,
    stallTimeoutMs,
  )
  if (mortal === undefined && !VARIANT_NAMES.includes(values.variant)) {
    throw new Error(`--variant must be one of ${VARIANT_NAMES.join(', ')}, not "${values.variant}"`)
  }
  return {
    ...common,
    carriers: carriersFrom(values.carrier),
    stallTimeoutMs,
    json: values.json,
    mortal,
  }
}

function optionalNumber(
  name: string,
  text: string | undefined,
  fits: (value: number) => boolean,
): number | undefined {
  return text === undefined ? undefined : numberFrom(name, text, fits)
}

function numberFrom(name: string, text: string, fits: (value: number) => boolean): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || !fits(value)) throw new Error(`--${name} can't be "${text}"`)
  return value
}

function carriersFrom(name: string): readonly CarrierName[] {
  if (name === 'both') return ['processes', 'threads']
  if (name === 'processes' || name === 'threads') return [name]
  throw new Error(`--carrier must be processes, threads or both, not "${name}"`)
}

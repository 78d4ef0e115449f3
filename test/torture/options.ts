/** The command line of the torture. */
import { parseArgs } from 'node:util'
import type { CarrierName } from './carriers.ts'
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
}

export const USAGE = `usage: npm run torture -- [options]

  --seconds N           how long (5)
  --seed S              replays the random choices of a run (random)
  --variant NAME        ${VARIANT_NAMES.join(', ')} (default)
  --readers R           readers beside the one writer (2)
  --carrier KIND        processes, threads or both, one after the other (both)
  --stall-timeout MS    of the readers; ERR_WRITER_STALLED is then no violation (the store's default)
  --until-caught        end at the first violation
  --json                print the result as one line of JSON
`

/** @throws {Error} with a message for the user */
export function optionsFrom(args: readonly string[]): TortureOptions {
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
    },
  })
  if (!VARIANT_NAMES.includes(values.variant)) {
    throw new Error(`--variant must be one of ${VARIANT_NAMES.join(', ')}, not "${values.variant}"`)
  }
  const timeout = values['stall-timeout']
  return {
    seconds: numberFrom('seconds', values.seconds, (value) => value > 0),
    seed: numberFrom('seed', values.seed, Number.isSafeInteger),
    variant: values.variant,
    readers: numberFrom('readers', values.readers, (value) => Number.isInteger(value) && value > 0),
    carriers: carriersFrom(values.carrier),
    stallTimeoutMs:
      timeout === undefined ? undefined : numberFrom('stall-timeout', timeout, (value) => value >= 0),
    untilCaught: values['until-caught'],
    json: values.json,
  }
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

/** What takes part in the torture of mortal writers is told when it starts. */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Violation } from '../participant-spec.ts'

export interface MortalSpec {
  /** Folder of the campaign, where everything that it makes is. */
  readonly directory: string
  readonly variant: string
  readonly mode: 'one' | 'many'
  readonly seed: number
  readonly stallTimeoutMs: number
  /** Writers are stopped now and then: those that wait for them give up, and are right to. */
  readonly stopsHappen: boolean
}

/** How the writers of some seats are kept alive, and how they die. */
export interface NurserySpec extends MortalSpec {
  readonly seats: readonly number[]
  readonly births: Births
  /** What runs a writer's script. */
  readonly command: readonly string[]
  /** One of them is killed so often, on average; 0 for never. */
  readonly killEveryMs: number
  /** The same for stopping one and letting it go on. */
  readonly stopEveryMs: number
}

/** How writers come into the world. */
export const BIRTHS = ['forks', 'processes', 'threads'] as const
export type Births = (typeof BIRTHS)[number]

export interface LifeSpec extends MortalSpec {
  readonly seat: number
}

export const VIOLATIONS_FILE = 'violations'

/** Reports a violation: at once, since whoever saw it may be killed next. */
export function reportViolation(directory: string, violation: Violation): void {
  appendFileSync(join(directory, VIOLATIONS_FILE), `${JSON.stringify(violation)}\n`)
}

export function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return `${code ?? ''} ${error.stack ?? error.message}`
}

/** Every scenario, every call that it makes, everything that the call can fail with: all of them, or some by chance. */
import { setImmediate } from 'node:timers/promises'
import { Random } from '../torture/random.ts'
import { tryCase } from './case.ts'
import { type Failure, failuresOf, HALF } from './errnos.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'
import type { Call, Extent, Fault, Seam } from './seam.ts'

export interface Case {
  readonly scenario: Scenario
  readonly fault: Fault
}

export interface Violation {
  readonly scenario: string
  readonly fault: string
  readonly what: readonly string[]
}

export interface Counts {
  scenarios: number
  /** Calls of all scenarios. */
  calls: number
  /** Calls, times what each can fail with, times for how long. */
  possible: number
  cases: number
  /** Cases whose act threw; the others bore the fault. */
  thrown: number
  /** Cases whose call was not made: what depends on time. */
  missed: number
}

export interface CampaignOptions {
  readonly seed: number
  readonly seconds: number
  /** Only scenarios whose names contain this. */
  readonly only: string
  /** Ends at the first violation. */
  readonly untilCaught: boolean
}

export interface Tell {
  /** Called before each case: it may be the last. */
  trying(what: string): void
  violation(violation: Violation): void
}

/** Cases between two collections of garbage: what is reserved is given back by it. */
const CASES_AT_A_TIME = 50

export class Campaign {
  readonly counts: Counts = { scenarios: 0, calls: 0, possible: 0, cases: 0, thrown: 0, missed: 0 }
  readonly #seam: Seam
  readonly #root: string
  readonly #options: CampaignOptions
  readonly #tell: Tell
  #folderCount = 0
  #isCaught = false

  constructor(seam: Seam, root: string, options: CampaignOptions, tell: Tell) {
    this.#seam = seam
    this.#root = root
    this.#options = options
    this.#tell = tell
  }

  async run(): Promise<void> {
    const { seed, seconds } = this.#options
    const cases = firstOfEachCall(shuffled(await this.#cases(), new Random(seed)))
    this.counts.possible = cases.length
    const until = performance.now() + seconds * 1000
    for (const { scenario, fault } of cases) {
      if (performance.now() > until || this.#isDone) return
      await this.#try(scenario, fault)
      if (++this.counts.cases % CASES_AT_A_TIME === 0) await rest()
    }
  }

  get #isDone(): boolean {
    return this.#options.untilCaught && this.#isCaught
  }

  /** Runs each scenario with nothing that fails, and sees which calls it makes. */
  async #cases(): Promise<Case[]> {
    const cases: Case[] = []
    for (const scenario of SCENARIOS) {
      if (!scenario.name.includes(this.#options.only) || this.#isDone) continue
      const calls = await this.#try(scenario, undefined)
      this.counts.scenarios++
      this.counts.calls += calls.length
      for (const fault of calls.flatMap(faultsOf)) cases.push({ scenario, fault })
    }
    return cases
  }

  async #try(scenario: Scenario, fault: Fault | undefined): Promise<readonly Call[]> {
    this.#tell.trying(`${scenario.name}: ${describe(fault)}`)
    const folder = `${this.#root}/${this.#folderCount++}`
    const { report, hasThrown, violations } = await tryCase(this.#seam, folder, scenario, fault)
    if (fault !== undefined) {
      if (!report.hasFailed) this.counts.missed++
      else if (hasThrown) this.counts.thrown++
    }
    if (violations.length > 0) {
      this.#isCaught = true
      this.#tell.violation({ scenario: scenario.name, fault: describe(fault), what: violations })
    }
    return report.calls
  }
}

function describe(fault: Fault | undefined): string {
  if (fault === undefined) return 'no fault'
  const { name, nth, failure, extent } = fault
  return `${name} #${nth} ${failure} ${extent}`
}

function faultsOf(call: Call): Fault[] {
  const { name, nth } = call
  const failures = failuresOf(name).filter((failure) => isPlausible(call, failure))
  const faults = failures.flatMap((failure) =>
    extentsOf(call, failure).map((extent): Fault => ({ name, nth, failure, extent })),
  )
  const dead: Extent = 'dead'
  return failures.includes('EIO') ? [...faults, { name, nth, failure: 'EIO', extent: dead }] : faults
}

function extentsOf({ name, path }: Call, failure: Failure): readonly Extent[] {
  // Nothing is ever read of the second half of a file that has none, and no name is there for some calls only.
  const isBrief =
    (name === 'readSync' && failure === HALF) ||
    (name === 'lstatSync' && failure === 'ENOENT') ||
    (name === 'openSync' && failure === 'ENOENT' && path?.endsWith('.mmf') !== true)
  return isBrief ? ['once'] : ['once', 'ever']
}

/** Whether a call of this kind can fail so, as far as its arguments tell. */
function isPlausible({ name, path, flags, hasFailed }: Call, failure: Failure): boolean {
  // What was read is there.
  if (name === 'readFileSync' && failure === 'ENOENT') return hasFailed
  const isNeeded = /\.(journal|schema\.json)$/.test(path ?? '')
  if (name === 'lstatSync' && failure === 'ENOENT') return !isNeeded
  if (name !== 'openSync') return true
  const isCreating = typeof flags === 'string' ? flags.startsWith('w') : ((flags ?? 0) & 0o100) !== 0
  switch (failure) {
    case 'EEXIST':
    case 'ENOSPC':
    case 'EDQUOT':
      return isCreating
    case 'ENOENT':
      // What tells how to read the file stays there as long as it is needed.
      return isCreating || hasFailed || !isNeeded
    default:
      return true
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items]
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[order[i], order[j]] = [order[j] as T, order[i] as T]
  }
  return order
}

/** The same cases, but one of each call before any other. */
function firstOfEachCall(cases: readonly Case[]): Case[] {
  const seen = new Set<string>()
  const isFirst = ({ scenario, fault: { name, nth } }: Case): boolean => {
    const call = `${scenario.name}: ${name} ${nth}`
    return !seen.has(call) && seen.add(call).size > 0
  }
  const first = new Set(cases.filter(isFirst))
  return [...first, ...cases.filter((each) => !first.has(each))]
}

/** Lets the garbage collector find what is to be given back, and give it back. */
async function rest(): Promise<void> {
  ;(globalThis as { gc?: () => void }).gc?.()
  await setImmediate()
}

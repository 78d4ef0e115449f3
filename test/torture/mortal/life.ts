/** The life of one writer: opens the round's store and writes to it, until it is killed or the round is over. */
import { Random } from '../random.ts'
import { shown } from '../store-watch.ts'
import { actAtRandom } from './acts.ts'
import type { Ledger } from './ledger.ts'
import { faultsOf, type MortalRecord, type MortalStore } from './records.ts'
import { openerFor, type Round, roundOf } from './rounds.ts'
import type { Seat, Step } from './seat.ts'
import { inWords, type LifeSpec, reportViolation } from './spec.ts'

/** Between two looks at what was taken over: each look makes a copy of the list. */
const ACTS_PER_LOOK = 32
/** A store is closed and opened anew once in so many acts. */
const ACTS_PER_OPENING = 4000
/** So often address space is reserved as by default, for which V8 collects garbage: a short life would be all that. */
const AMPLE_ONE_IN = 16
/** So often a life passes without a single append. */
const ABSTAINS_ONE_IN = 4

export class Life {
  readonly seat: Seat
  readonly number: number
  readonly random: Random
  readonly round: Round
  /** Whether it appends: others must get on without. */
  readonly appends: boolean
  readonly #spec: LifeSpec
  readonly #ledger: Ledger
  #store: MortalStore | undefined
  #recoveredCount = 0

  constructor(spec: LifeSpec, ledger: Ledger) {
    this.#spec = spec
    this.#ledger = ledger
    this.seat = ledger.seat(spec.seat)
    this.number = spec.seat
    this.round = roundOf(spec.directory, spec.seed, ledger.round)
    this.random = new Random(spec.seed + spec.seat * 104729 + this.seat.lifeCount * 15485863)
    this.appends = this.random.below(ABSTAINS_ONE_IN) !== 0
  }

  /** Returns when the round is over, or when it is time to. */
  live(isTime = (): boolean => true): void {
    try {
      while (this.#goesOn() && isTime()) {
        if (this.#store === undefined) this.#open()
        else this.#act(this.#store)
      }
      this.#close()
    } catch (error) {
      this.found('error', 'its life', inWords(error))
    }
  }

  get store(): MortalStore {
    return this.#store as MortalStore
  }

  found(kind: 'torn' | 'error' | 'stalled' | 'impossible', operation: string, evidence: unknown): void {
    const by = `writer ${this.#spec.seat}, life ${this.seat.lifeCount}`
    reportViolation(this.#spec.directory, {
      kind,
      by,
      operation,
      round: this.round.number,
      evidence: shown(evidence),
    })
  }

  /** Does what is noted before and after. `whenDone` notes what it came to; it is not called where nothing was done. */
  step<T>(
    step: Step,
    index: number,
    value: number,
    count: number,
    run: () => T,
    whenDone: (result: T) => void,
  ): void {
    const { seat } = this
    seat.intend(step, index, value, count)
    try {
      whenDone(run())
      seat.add('writes', count)
    } catch (error) {
      this.failed(`${step}(${index})`, error)
    }
    seat.conclude()
  }

  failed(operation: string, error: unknown): void {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ERR_WRITER_STALLED') {
      this.seat.add('stalls')
      if (!this.#spec.stopsHappen) this.found('stalled', operation, inWords(error))
    } else this.found('error', operation, inWords(error))
  }

  check(index: number, record: MortalRecord, operation: string): void {
    const faults = faultsOf(record, this.round.width)
    if (faults.length > 0) this.found('torn', `${operation}(${index})`, { faults, record })
  }

  #goesOn(): boolean {
    const { round, phase } = this.#ledger.state
    return phase === 'running' && round === this.round.number
  }

  #act(store: MortalStore): void {
    for (let i = 0; i < ACTS_PER_LOOK; i++) {
      try {
        actAtRandom(this.random)(this)
      } catch (error) {
        this.failed('an act', error)
      }
    }
    this.#lookAtRecovered(store)
    if (this.random.below(ACTS_PER_OPENING / ACTS_PER_LOOK) === 0) this.#close()
  }

  #open(): void {
    const { mode, variant, stallTimeoutMs } = this.#spec
    const reserve = this.random.below(AMPLE_ONE_IN) === 0 ? undefined : 2 ** (12 + this.random.below(12))
    this.seat.intend('open', 0, 0, 0)
    try {
      const options = { writers: mode, reserve, stallTimeoutMs } as const
      this.#store = openerFor(variant, this.round.width).open(this.round.path, options)
      this.#recoveredCount = 0
      this.#lookAtRecovered(this.#store)
    } catch (error) {
      const isLocked = (error as NodeJS.ErrnoException).code === 'ERR_LOCKED'
      // Whoever was stopped while it opened the store keeps all others from opening it.
      if (isLocked && this.#spec.stopsHappen) this.seat.add('stalls')
      else this.failed('open', error)
    }
    this.seat.conclude()
  }

  #close(): void {
    this.seat.intend('open', 0, 0, 0)
    this.#store?.close()
    this.#store = undefined
    this.seat.conclude()
  }

  #lookAtRecovered({ recovered, length }: MortalStore): void {
    for (const { index, outcome } of recovered.slice(this.#recoveredCount)) {
      this.seat.add(outcome === 'rolled-back' ? 'rolledBack' : 'released')
      if (!(index >= 0 && index < length)) this.found('impossible', 'recovered', { index, length })
    }
    this.#recoveredCount = recovered.length
  }
}

/** Keeps the writers of some seats alive, kills them at random, and stops them for a while. A process of its own. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Random } from '../random.ts'
import { type Birth, type Born, birthFor, KILLED } from './births.ts'
import { Ledger } from './ledger.ts'
import type { Seat } from './seat.ts'
import { type NurserySpec, reportViolation } from './spec.ts'

/** A writer that has been at one step for so long is mostly left alive, to see whether it comes to an end. */
const SLOW_STEP_MS = 20
const SLOW_DIES_ONE_IN = 8
/** How much longer than the stall timeout a step may take, on a busy machine. */
const SPARE_MS = 15_000
/** A writer is stopped for so many times the stall timeout at most. */
const STOP_TIMEOUTS = 3
/** Now and then all of them die at once. */
const ALL_DIE_ONE_IN = 16
/** How much slower than asked for, of several rounds: those that live longer find out what keeps them waiting. */
const PACES = [1, 1, 1, 4, 16]
/** After every other death the survivors first go on by so many steps: nobody but them can mend what was left. */
const LONELY_ONE_IN = 2
const LONELY_STEPS = 50

interface Place {
  readonly number: number
  readonly seat: Seat
  born: Born | undefined
  isKilled: boolean
  /** What others have to have done before somebody takes the place of the dead. */
  heirWaitsFor: readonly { readonly other: Place; readonly life: number; readonly step: number }[]
  /** When a stopped writer goes on; 0 while it is not stopped. */
  resumesAtMs: number
  /** Whether it has opened the store, or is about to: a runtime may take long to start. */
  hasBegun: boolean
  /** The step it was at when it was last looked at, and since when. */
  step: number
  sinceMs: number
}

export class Nursery {
  readonly #spec: NurserySpec
  readonly #ledger: Ledger
  readonly #birth: Birth
  readonly #random: Random
  readonly #places: readonly Place[]
  #round = 0
  #pace = 1
  #killsAtMs = 0
  #stopsAtMs = 0

  constructor(spec: NurserySpec) {
    this.#spec = spec
    this.#ledger = new Ledger(spec.directory)
    this.#birth = birthFor(spec, this.#ledger)
    this.#random = new Random(spec.seed + (spec.seats[0] ?? 0))
    this.#places = spec.seats.map((number) => ({
      number,
      seat: this.#ledger.seat(number),
      born: undefined,
      isKilled: false,
      heirWaitsFor: [],
      resumesAtMs: 0,
      hasBegun: false,
      step: 0,
      sinceMs: 0,
    }))
  }

  async run(): Promise<void> {
    const parent = process.ppid
    while (process.ppid === parent) {
      const { round, phase } = this.#ledger.state
      if (phase === 'over') break
      const isRunning = phase === 'running'
      if (round !== this.#round) {
        this.#round = round
        this.#pace = PACES[this.#random.below(PACES.length)] as number
      }
      for (const place of this.#places) this.#lookAfter(place, isRunning, round)
      const nowMs = performance.now()
      if (isRunning) this.#harm(nowMs)
      await sleep(1)
    }
    for (const { born } of this.#places) born?.signal('SIGKILL')
  }

  #lookAfter(place: Place, isRunning: boolean, round: number): void {
    const { born, seat } = place
    const end = born?.ended()
    if (end !== undefined) {
      if (!(end === '' || (place.isKilled && end === KILLED))) this.#found('crash', place, end)
      seat.settle()
      place.born = undefined
      place.heirWaitsFor = this.#random.below(LONELY_ONE_IN) === 0 ? this.#survivors() : []
    }
    const nowMs = performance.now()
    if (place.born === undefined) {
      if (isRunning && this.#isTimeFor(place)) this.#bear(place, nowMs)
      else if (!isRunning && round > 0) seat.quietRound = round
      return
    }
    if (place.resumesAtMs !== 0 && (nowMs >= place.resumesAtMs || !isRunning)) {
      place.resumesAtMs = 0
      place.sinceMs = nowMs
      place.born.signal('SIGCONT')
    }
    this.#watch(place, nowMs)
    if (!isRunning && !(place.hasBegun && this.#isSlow(place, nowMs))) this.#kill(place)
  }

  #survivors(): Place['heirWaitsFor'] {
    return this.#places
      .filter(({ born, isKilled }) => born !== undefined && !isKilled)
      .map((other) => ({ other, life: other.seat.lifeCount, step: other.seat.intended + LONELY_STEPS }))
  }

  #isTimeFor({ heirWaitsFor }: Place): boolean {
    return heirWaitsFor.every(({ other, life, step }) => {
      const { born, isKilled, resumesAtMs, seat } = other
      const isGone = born === undefined || isKilled || resumesAtMs !== 0 || seat.lifeCount !== life
      return isGone || seat.intended >= step
    })
  }

  #bear(place: Place, nowMs: number): void {
    place.seat.beginLife()
    place.isKilled = false
    place.resumesAtMs = 0
    place.hasBegun = false
    place.step = place.seat.intended
    place.sinceMs = nowMs
    place.born = this.#birth(place.number)
  }

  /** A step that does not come to an end, though its writer runs, hangs. */
  #watch(place: Place, nowMs: number): void {
    const { intended, isInDoubt } = place.seat
    if (intended !== place.step || !isInDoubt) {
      if (intended !== place.step) place.hasBegun = true
      place.step = intended
      place.sinceMs = nowMs
    } else if (nowMs - place.sinceMs > this.#limitMs && !place.isKilled) {
      const { step, index } = place.seat.current
      this.#found('hang', place, `${step}(${index}) has taken over ${this.#limitMs} ms`)
      this.#kill(place)
    }
  }

  /** Others may be stopped one after the other, and each keeps a step from its end for as long. */
  get #limitMs(): number {
    return this.#spec.stallTimeoutMs + SPARE_MS
  }

  #isSlow(place: Place, nowMs: number): boolean {
    if (!place.hasBegun) return true
    return place.resumesAtMs === 0 && nowMs - place.sinceMs > SLOW_STEP_MS && place.seat.isInDoubt
  }

  #harm(nowMs: number): void {
    const { stopEveryMs } = this.#spec
    const killEveryMs = this.#spec.killEveryMs * this.#pace
    const random = this.#random
    for (
      ;
      killEveryMs > 0 && nowMs >= this.#killsAtMs;
      this.#killsAtMs = this.#after(this.#killsAtMs, killEveryMs, nowMs)
    ) {
      const areAll = random.below(ALL_DIE_ONE_IN) === 0
      const areSlowToo = random.below(SLOW_DIES_ONE_IN) === 0
      const victims = this.#places.filter(
        (place) => place.born !== undefined && (areSlowToo || !this.#isSlow(place, nowMs)),
      )
      const victim = victims[random.below(Math.max(1, victims.length))]
      for (const place of areAll ? victims : victims.filter((other) => other === victim)) this.#kill(place)
    }
    for (
      ;
      stopEveryMs > 0 && nowMs >= this.#stopsAtMs;
      this.#stopsAtMs = this.#after(this.#stopsAtMs, stopEveryMs, nowMs)
    ) {
      const place = this.#places[random.below(this.#places.length)] as Place
      if (place.born === undefined || place.isKilled || place.resumesAtMs !== 0) continue
      place.born.signal('SIGSTOP')
      place.seat.add('stops')
      place.resumesAtMs = nowMs + random.below(STOP_TIMEOUTS * this.#spec.stallTimeoutMs) + 1
    }
  }

  /** The time of the next of things that happen every so often on average. */
  #after(atMs: number, everyMs: number, nowMs: number): number {
    const microseconds = 1 + this.#random.below(Math.max(1, 2000 * everyMs))
    // What could not be done in time is not made up for.
    return Math.max(atMs, nowMs - everyMs) + microseconds / 1000
  }

  #kill(place: Place): void {
    if (place.born === undefined || place.isKilled) return
    place.isKilled = true
    place.seat.add('kills')
    place.born.signal('SIGKILL')
  }

  #found(kind: 'crash' | 'hang', { number, seat }: Place, evidence: string): void {
    const { step, index } = seat.current
    reportViolation(this.#spec.directory, {
      kind,
      by: `writer ${number}, life ${seat.lifeCount}`,
      operation: `${step}(${index})`,
      round: this.#ledger.round,
      evidence,
    })
  }
}

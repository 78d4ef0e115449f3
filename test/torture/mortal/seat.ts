/**
 * What every writer means to do and has done, in memory that outlives it: a mapped file of its own. What was done is
 * noted right after it was, what is about to be right before, so that at most one step of a killed writer is in doubt.
 */
import { HOT_COUNT } from './records.ts'

/** What a step can do to a hot record: replace all of it but the counters, or one group of fields. */
export const GROUPS = ['whole', 'pair', 'solo', 'note'] as const
export const COUNTERS = ['sum53', 'sum64', 'sumFloat', 'sumSmall', 'swapped', 'version'] as const
export const STEPS = ['nothing', 'open', 'append', ...GROUPS, ...COUNTERS] as const
export type Step = (typeof STEPS)[number]
export type Group = (typeof GROUPS)[number]
export type Counter = (typeof COUNTERS)[number]

export const SEAT_COUNT_NAMES = [
  'writes',
  'reads',
  'appends',
  'growths',
  'refusals',
  'stalls',
  'rolledBack',
  'released',
  'kills',
  'stops',
] as const
export type SeatCount = (typeof SEAT_COUNT_NAMES)[number]

/** A step that was begun by a writer and not noted as done: it may have been, or not. */
export interface Doubt {
  readonly step: Step
  readonly index: number
  /** A generation, or what was added. */
  readonly value: number
  readonly count: number
}

/** Appends that a seat can note in a round, and doubts. */
const MAX_APPENDS = 8192
const MAX_DOUBTS = 4096

// Int32 words of a seat.
const INTENDED = 0
const DONE = 1
const QUIET = 2
const LIFE = 3
// Float64 words of a seat.
const HEAD = 2
const STEP_AT = HEAD
const COUNTS_AT = STEP_AT + 4
const NEXT_AT = COUNTS_AT + SEAT_COUNT_NAMES.length
const LAST_AT = NEXT_AT + 1
const SUMS_AT = LAST_AT + HOT_COUNT * GROUPS.length
const APPENDED_AT = SUMS_AT + HOT_COUNT * COUNTERS.length
const APPENDS_AT = APPENDED_AT + 1
const DOUBTED_AT = APPENDS_AT + 2 * MAX_APPENDS
const DOUBTS_AT = DOUBTED_AT + 1
export const SEAT_DOUBLES = DOUBTS_AT + 4 * MAX_DOUBTS

/** The part of the ledger that one writer has, and those who take its place. */
export class Seat {
  readonly #i32: Int32Array
  readonly #f64: Float64Array
  readonly #at: number

  constructor(i32: Int32Array, f64: Float64Array, at: number) {
    this.#i32 = i32
    this.#f64 = f64
    this.#at = at
  }

  #load(word: number): number {
    return this.#f64[this.#at + word] as number
  }

  // ---- by the writer

  /** Says what is about to be done. */
  intend(step: Step, index: number, value: number, count: number): void {
    const at = this.#at + STEP_AT
    this.#f64[at] = STEPS.indexOf(step)
    this.#f64[at + 1] = index
    this.#f64[at + 2] = value
    this.#f64[at + 3] = count
    Atomics.add(this.#i32, 2 * this.#at + INTENDED, 1)
  }

  /** Says that it was done, or that it was not and will not be. */
  conclude(): void {
    Atomics.store(this.#i32, 2 * this.#at + DONE, this.intended)
  }

  /** A number that no other write has had. */
  nextSerial(): number {
    const serial = this.#load(NEXT_AT) + 1
    this.#f64[this.#at + NEXT_AT] = serial
    return serial
  }

  noteGroup(index: number, group: Group, generation: number): void {
    const from = this.#at + LAST_AT + index * GROUPS.length
    if (group === 'whole') this.#f64.fill(generation, from, from + GROUPS.length)
    else this.#f64[from + GROUPS.indexOf(group)] = generation
  }

  noteSum(index: number, counter: Counter, delta: number): void {
    const at = this.#at + SUMS_AT + index * COUNTERS.length + COUNTERS.indexOf(counter)
    this.#f64[at] = (this.#f64[at] as number) + delta
  }

  noteAppend(generation: number, index: number): void {
    const count = this.#load(APPENDED_AT)
    const at = this.#at + APPENDS_AT + 2 * count
    this.#f64[at] = generation
    this.#f64[at + 1] = index
    this.#f64[this.#at + APPENDED_AT] = count + 1
  }

  get appendsLeft(): number {
    return MAX_APPENDS - this.#load(APPENDED_AT)
  }

  add(name: SeatCount, count = 1): void {
    const at = this.#at + COUNTS_AT + SEAT_COUNT_NAMES.indexOf(name)
    this.#f64[at] = (this.#f64[at] as number) + count
  }

  // ---- by whoever looks after it

  get intended(): number {
    return Atomics.load(this.#i32, 2 * this.#at + INTENDED)
  }

  get isInDoubt(): boolean {
    return this.intended !== Atomics.load(this.#i32, 2 * this.#at + DONE)
  }

  get lifeCount(): number {
    return Atomics.load(this.#i32, 2 * this.#at + LIFE)
  }

  /** The step that is under way, or was the last. */
  get current(): Doubt {
    const [step, index, value, count] = [0, 1, 2, 3].map((i) => this.#load(STEP_AT + i))
    return { step: STEPS[step as number] as Step, index, value, count } as Doubt
  }

  beginLife(): void {
    Atomics.add(this.#i32, 2 * this.#at + LIFE, 1)
  }

  /** Keeps in mind what the writer, which is dead, was at. */
  settle(): void {
    if (!this.isInDoubt) return
    const count = this.#load(DOUBTED_AT)
    this.#f64.copyWithin(this.#at + DOUBTS_AT + 4 * count, this.#at + STEP_AT, this.#at + STEP_AT + 4)
    this.#f64[this.#at + DOUBTED_AT] = count + 1
    this.conclude()
  }

  get doubtsLeft(): number {
    return MAX_DOUBTS - this.#load(DOUBTED_AT)
  }

  /** The round that is over as far as this seat is concerned. */
  get quietRound(): number {
    return Atomics.load(this.#i32, 2 * this.#at + QUIET)
  }

  set quietRound(round: number) {
    Atomics.store(this.#i32, 2 * this.#at + QUIET, round)
  }

  /** Forgets the round. */
  forget(): void {
    this.#f64.fill(0, this.#at + LAST_AT, this.#at + APPENDS_AT)
    this.#f64[this.#at + DOUBTED_AT] = 0
  }

  // ---- by the audit

  lastOf(index: number, group: Group): number {
    return this.#load(LAST_AT + index * GROUPS.length + GROUPS.indexOf(group))
  }

  sumOf(index: number, counter: Counter): number {
    return this.#load(SUMS_AT + index * COUNTERS.length + COUNTERS.indexOf(counter))
  }

  appends(): { readonly generation: number; readonly index: number }[] {
    return Array.from({ length: this.#load(APPENDED_AT) }, (_, i) => ({
      generation: this.#load(APPENDS_AT + 2 * i),
      index: this.#load(APPENDS_AT + 2 * i + 1),
    }))
  }

  doubts(): Doubt[] {
    return Array.from({ length: this.#load(DOUBTED_AT) }, (_, i) => {
      const [step, index, value, count] = [0, 1, 2, 3].map((k) => this.#load(DOUBTS_AT + 4 * i + k))
      return { step: STEPS[step as number] as Step, index, value, count } as Doubt
    })
  }

  count(name: SeatCount): number {
    return this.#load(COUNTS_AT + SEAT_COUNT_NAMES.indexOf(name))
  }
}

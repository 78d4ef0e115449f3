/** The ledger of all writers, and what all who take part go by: a mapped file. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { MappedRegion } from '../../../src/region/mapped-region.ts'
import { SEAT_DOUBLES, Seat } from './seat.ts'

export const SEAT_COUNT = 16
const CONTROL_DOUBLES = 8
/** The word that all go by: the round, and its phase in the lowest bits. One word, or a phase might be another round's. */
const STATE = 0
const PHASES = ['idle', 'running', 'over'] as const
type Phase = (typeof PHASES)[number]
const PHASE_BITS = 2

export class Ledger {
  readonly #i32: Int32Array
  readonly #f64: Float64Array
  readonly #region: MappedRegion

  constructor(directory: string) {
    const path = join(directory, 'ledger')
    const fd = openSync(path, 'a+')
    closeSync(fd)
    this.#region = new MappedRegion(openSync(path, 'r+'), path, { readOnly: false, reserveBytes: 0 })
    this.#region.grow((CONTROL_DOUBLES + SEAT_COUNT * SEAT_DOUBLES) * 8)
    this.#i32 = new Int32Array(this.#region.buffer)
    this.#f64 = new Float64Array(this.#region.buffer)
  }

  get state(): { readonly round: number; readonly phase: Phase } {
    const state = Atomics.load(this.#i32, STATE)
    return { round: state >>> PHASE_BITS, phase: PHASES[state & (2 ** PHASE_BITS - 1)] as Phase }
  }

  get round(): number {
    return this.state.round
  }

  setState(round: number, phase: Phase): void {
    Atomics.store(this.#i32, STATE, (round << PHASE_BITS) | PHASES.indexOf(phase))
  }

  /** Forgets what was noted of the last round, and begins another: only while all seats are quiet. */
  beginRound(round: number): void {
    for (let seat = 0; seat < SEAT_COUNT; seat++) this.seat(seat).forget()
    this.setState(round, 'running')
  }

  seat(number: number): Seat {
    return new Seat(this.#i32, this.#f64, CONTROL_DOUBLES + number * SEAT_DOUBLES)
  }

  close(): void {
    this.#region.close()
  }
}

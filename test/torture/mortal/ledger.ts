/** The ledger of all writers, and what all who take part go by: a mapped file. */
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { MappedRegion } from '../../../src/region/mapped-region.ts'
import { SEAT_DOUBLES, Seat } from './seat.ts'

export const SEAT_COUNT = 16
const CONTROL_DOUBLES = 8
// Words of the control block.
const ROUND = 0
const PHASE = 1
const PHASES = { idle: 0, running: 1, over: 2 } as const

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

  get round(): number {
    return Atomics.load(this.#i32, ROUND)
  }

  get isRunning(): boolean {
    return Atomics.load(this.#i32, PHASE) === PHASES.running
  }

  get isOver(): boolean {
    return Atomics.load(this.#i32, PHASE) === PHASES.over
  }

  setPhase(phase: keyof typeof PHASES): void {
    Atomics.store(this.#i32, PHASE, PHASES[phase])
  }

  /** Forgets what was noted of the last round, and begins another: only while all seats are quiet. */
  beginRound(round: number): void {
    for (let seat = 0; seat < SEAT_COUNT; seat++) this.seat(seat).forget()
    Atomics.store(this.#i32, ROUND, round)
    this.setPhase('running')
  }

  seat(number: number): Seat {
    return new Seat(this.#i32, this.#f64, CONTROL_DOUBLES + number * SEAT_DOUBLES)
  }

  close(): void {
    this.#region.close()
  }
}

/**
 * The writer of a store that nobody guards: a reader's, one in memory, one without a journal, or one whose caller sees
 * to it that nobody else writes.
 */
import type { RecordPlace } from '../protocol/record-place.ts'
import type { Journal } from './journal.ts'
import { mendRecord, type RecoveredRecord } from './recovery.ts'
import { NO_SLOT } from './slot.ts'
import type { UntakenWrites, Writer } from './writer.ts'

/** What a writer knows that keeps all others out who heed its locks. */
export interface Solitude {
  /** Where the records are added that it mends. */
  readonly recovered: RecoveredRecord[]
  /** Whether no writer has come that heeds no lock, as far as it can tell. */
  isUndisturbed(): boolean
}

export class Unguarded implements Writer {
  readonly untaken: UntakenWrites = 'all'
  readonly slot: Int32Array = NO_SLOT
  readonly slotFence: number = 0
  readonly appender: Int32Array = NO_SLOT
  readonly appenderFence = 0
  readonly appenderMark = 0
  readonly #solitude: Solitude | undefined

  /** @param solitude of one that is alone; undefined where others may write */
  constructor(solitude?: Solitude) {
    this.#solitude = solitude
  }

  get keepsImages(): boolean {
    return false
  }

  prepare(): void {
    // It keeps none.
  }

  get journal(): Journal | undefined {
    return undefined
  }

  take(_i32: Int32Array, _counter: number, _index: number, _partStart: number, _partLength: number): void {
    // Nobody else is to be kept out, and no image is kept.
  }

  keepImage(_i32: Int32Array, _counter: number, _index: number, _start: number, _length: number): void {
    // As above.
  }

  abandon(_i32: Int32Array, _counter: number, _index: number): void {
    // A record that is not taken is let go by not being written.
  }

  /** Always false: if nobody else writes, a record that is odd is to be mended first. */
  owns(_i32: Int32Array, _counter: number, _index: number): boolean {
    return false
  }

  mend(place: RecordPlace, isLate = true): boolean {
    if (!this.mayMend(place, isLate)) return false
    this.#solitude?.recovered.push(mendRecord(place, undefined, undefined))
    return true
  }

  /**
   * Whether a record is stuck, and nobody else's to mend: its writer died unnoticed, or it is this one, whose stack was
   * exhausted. Beside a writer that heeds no lock, only time tells.
   */
  protected mayMend({ i32, counter }: RecordPlace, isLate: boolean): boolean {
    const solitude = this.#solitude
    const isStuck = ((i32[counter] as number) & 1) !== 0
    return isStuck && solitude !== undefined && (isLate || solitude.isUndisturbed())
  }

  takeAppend(): void {
    // Nobody else appends.
  }

  releaseAppend(): void {
    // As above.
  }

  finish(_i32: Int32Array): void {
    // The next writer does it, who finds no clean mark.
  }

  close(): void {
    // There is nothing to let go of.
  }
}

/**
 * The writer of a store that takes no records and keeps no images: a read-only store, one in memory, one without a journal,
 * or one whose caller guarantees that nobody else writes.
 */
import type { RecordPlace } from '../protocol/record-place.ts'
import type { Journal } from './journal.ts'
import { mendRecord, type RecoveredRecord } from './recovery.ts'
import { NO_SLOT } from './slot.ts'
import type { UntakenWrites, Writer } from './writer.ts'

/** What a writer knows whose locks exclude all other writers that take locks. */
export interface Solitude {
  /** Records that the writer mends are added here. */
  readonly recovered: RecoveredRecord[]
  /** Whether, as far as can be told, no writer has come that takes no lock. */
  isUndisturbed(): boolean
}

export class Unguarded implements Writer {
  readonly untaken: UntakenWrites = 'all'
  readonly slot: Int32Array = NO_SLOT
  readonly appender: Int32Array = NO_SLOT
  readonly appenderFence = 0
  readonly appenderMark = 0
  readonly #solitude: Solitude | undefined

  /** @param solitude of a writer that is alone; undefined if others may write */
  constructor(solitude?: Solitude) {
    this.#solitude = solitude
  }

  get keepsImages(): boolean {
    return false
  }

  prepare(): void {
    // It keeps no images.
  }

  get journal(): Journal | undefined {
    return undefined
  }

  take(_i32: Int32Array, _counter: number, _index: number, _partStart: number, _partLength: number): void {
    // There is nobody to exclude, and no image to keep.
  }

  keepImage(_i32: Int32Array, _counter: number, _index: number, _start: number, _length: number): void {
    // As above.
  }

  abandon(_i32: Int32Array, _counter: number, _index: number): void {
    // The record was never taken: there is nothing to let go of.
  }

  /** Always false: if nobody else writes, a record whose counter is odd has to be mended first. */
  owns(_i32: Int32Array, _counter: number, _index: number): boolean {
    return false
  }

  mend(place: RecordPlace, isLate = true): boolean {
    if (!this.mayMend(place, isLate)) return false
    this.#solitude?.recovered.push(mendRecord(place, undefined, undefined))
    return true
  }

  /**
   * Whether a record is stuck, and this writer is the one to mend it: the record's writer died unnoticed, or this writer's
   * stack was exhausted mid-write. If a writer that takes no lock has come, it may be alive: then only after the timeout.
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
    // The next writer mends it: it finds no clean mark.
  }

  close(): void {
    // There is nothing to let go of.
  }
}

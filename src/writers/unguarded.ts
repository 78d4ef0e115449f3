/**
 * The writer of a store that nobody guards: a reader's, one in memory, one without a journal, or one whose caller sees
 * to it that nobody else writes.
 */
import type { Journal } from './journal.ts'
import type { UntakenWrites, Writer } from './writer.ts'

export class Unguarded implements Writer {
  readonly untaken: UntakenWrites = 'all'
  readonly #isAlone: boolean

  /** @param isAlone whether nobody else writes; by default somebody may */
  constructor(isAlone = false) {
    this.#isAlone = isAlone
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

  abandon(_i32: Int32Array, _counter: number): void {
    // A record that is not taken is let go by not being written.
  }

  /** If nobody else writes, an odd counter is left of a write of its own that an exhausted stack cut short. */
  owns(_i32: Int32Array, _counter: number): boolean {
    return this.#isAlone
  }

  mend(_place: object): boolean {
    return false
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

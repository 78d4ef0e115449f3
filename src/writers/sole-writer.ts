/** The one writer of a store: before a write that could be torn, it keeps what the record held. */
import type { JournalOwner } from '../format/journal.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import { Journal } from './journal.ts'
import { mendRecord, type RecoveredRecord } from './recovery.ts'
import { Unguarded } from './unguarded.ts'
import type { UntakenWrites } from './writer.ts'

/** The one writer has the journal to itself. */
const SLOT = 0

export class SoleWriter extends Unguarded {
  override readonly untaken: UntakenWrites = 'numbers'
  readonly #path: string
  readonly #owner: JournalOwner
  readonly #recovered: RecoveredRecord[]
  /** Made when it is first needed: a store that is only read, appended to, or written number by number has none. */
  #journal: Journal | undefined
  #base = 0
  /** The record that the slot names, the word of its counter, and the odd value it has until the write is complete. */
  #index = 0
  #counter = 0
  #odd = 0

  /** @param recovered where the records are added that this writer mends */
  constructor(path: string, owner: JournalOwner, recovered: RecoveredRecord[]) {
    super()
    this.#path = path
    this.#owner = owner
    this.#recovered = recovered
  }

  override get journal(): Journal | undefined {
    return this.#journal
  }

  override take(
    i32: Int32Array,
    counter: number,
    index: number,
    partStart: number,
    partLength: number,
  ): void {
    if (partLength > 0) this.keepImage(i32, counter, index, partStart, partLength)
  }

  override keepImage(
    i32: Int32Array,
    counter: number,
    index: number,
    partStart: number,
    partLength: number,
  ): void {
    const journal = this.#journal ?? this.#makeJournal()
    // An exhausted stack has cut an earlier write short: its image is needed before another takes its place.
    if (i32[this.#counter] === this.#odd) this.mend({ i32, counter: this.#counter, index: this.#index })
    // Odd: an earlier write of this store was cut short by an exhausted stack. What it left is no state to go back to.
    if (((i32[counter] as number) & 1) !== 0) this.mend({ i32, counter, index })
    // The counter is not odd yet, and no record is under the odd counter that the slot named before: whenever this is cut
    // short, nothing is taken for an image that is not whole.
    journal.keepNamedImage(this.#base, i32, counter, index, partStart, partLength)
    this.#index = index
    this.#counter = counter
    this.#odd = (i32[counter] as number) | 1
  }

  /** Always false: a record of its own that stayed odd is to be mended first. */
  override owns(): boolean {
    return false
  }

  /** The writer is alone, so a stuck counter is its own. */
  override mend(place: RecordPlace): boolean {
    if (((place.i32[place.counter] as number) & 1) === 0) return false
    const journal = this.#journal
    const isImageOf = journal?.names(this.#base, place) === true && journal.hasImage(this.#base)
    this.#recovered.push(mendRecord(place, journal, isImageOf ? this.#base : undefined))
    return true
  }

  override close(): void {
    this.#journal?.close()
  }

  #makeJournal(): Journal {
    const journal = Journal.create(this.#path, this.#owner)
    this.#base = journal.baseOf(SLOT)
    this.#journal = journal
    return journal
  }
}

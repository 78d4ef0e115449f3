/** The guard of a store's one writer: before a write that could be torn, it keeps what the record held. */
import type { JournalOwner } from '../format/journal.ts'
import { Journal } from './journal.ts'
import { mendRecord, type RecoveredRecord } from './recovery.ts'
import type { RecordPlace, WriteGuard } from './writer.ts'

/** The one writer has the journal to itself. */
const SLOT = 0

export class UndoKeeper implements WriteGuard {
  readonly isForAll = false
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

  constructor(path: string, owner: JournalOwner, recovered: RecoveredRecord[]) {
    this.#path = path
    this.#owner = owner
    this.#recovered = recovered
  }

  begin(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void {
    if (partLength > 0) this.keepImage(i32, counter, index, partStart, partLength)
  }

  keepImage(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void {
    const journal = this.#journal ?? this.#makeJournal()
    // An exhausted stack has cut an earlier write short: its image is needed before another takes its place.
    if (i32[this.#counter] === this.#odd) this.rescue({ i32, counter: this.#counter, index: this.#index })
    // Odd: an earlier write of this store was cut short by an exhausted stack. What it left is no state to go back to.
    if (((i32[counter] as number) & 1) !== 0) this.rescue({ i32, counter, index })
    // The counter is not odd yet, and no record is under the odd counter that the slot named before: whenever this is cut
    // short, nothing is taken for an image that is not whole.
    journal.keepNamedImage(this.#base, index, i32, counter, partStart, partLength)
    this.#index = index
    this.#counter = counter
    this.#odd = (i32[counter] as number) | 1
  }

  cancel(): void {
    // The counter is even, so the image counts for nothing; or an exhausted stack left it odd, and the image is needed.
  }

  holds(): boolean {
    return false
  }

  /** The writer is alone, so a stuck counter is its own. */
  rescue({ i32, counter, index }: RecordPlace): boolean {
    if (((i32[counter] as number) & 1) === 0) return false
    const journal = this.#journal
    const isNamed = journal?.names(this.#base, index, i32, counter) === true
    const base = isNamed && journal.hasImage(this.#base) ? this.#base : undefined
    this.#recovered.push(mendRecord({ i32, counter, index }, journal, base))
    return true
  }

  beginAppend(): void {
    // Nobody else appends.
  }

  endAppend(): void {
    // As above.
  }

  settle(): void {
    // The next writer does it, who finds no clean mark.
  }

  close(): void {
    this.#journal?.close()
  }

  #makeJournal(): Journal {
    const journal = Journal.create(this.#path, this.#owner)
    try {
      journal.ensureSlot(SLOT)
    } catch (error) {
      journal.close()
      throw error
    }
    this.#base = journal.baseOf(SLOT)
    this.#journal = journal
    return journal
  }
}

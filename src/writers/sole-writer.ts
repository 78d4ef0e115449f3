/** The one writer of a store: before a write that a crash could tear, it keeps an image of the record. */
import { type JournalOwner, slotOffsetBytes } from '../format/journal.ts'
import { WORD_BYTES } from '../format/words.ts'
import { nativeOs } from '../os/native-os.ts'
import { onFile } from '../os/system-error.ts'
import { takeAll } from '../os/undo.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import { ReservedRange } from '../region/address-range.ts'
import { Journal } from './journal.ts'
import { mendRecord, type RecoveredRecord } from './recovery.ts'
import { type Solitude, Unguarded } from './unguarded.ts'
import type { UntakenWrites } from './writer.ts'

/** The one writer has the journal to itself. */
const SLOT = 0

export class SoleWriter extends Unguarded {
  override readonly untaken: UntakenWrites = 'numbers'
  override readonly slot: Int32Array
  readonly #path: string
  readonly #owner: JournalOwner
  readonly #recovered: RecoveredRecord[]
  /**
   * Where the journal will be mapped. Accessors have a typed array over it from the start: compilers treat a property as
   * constant only if it never changes.
   */
  readonly #range: ReservedRange
  /** Made when it is first needed: a store that is only read, appended to, or written one number at a time has none. */
  #journal: Journal | undefined
  readonly #base: number

  /**
   * @throws {MmapForgeError} `ERR_NO_SPACE`
   */
  constructor(path: string, owner: JournalOwner, solitude: Solitude) {
    super(solitude)
    this.#path = path
    this.#owner = owner
    this.#recovered = solitude.recovered
    const { recordSizeBytes } = owner
    this.#base = slotOffsetBytes(SLOT, recordSizeBytes) / WORD_BYTES
    const sizeBytes = slotOffsetBytes(SLOT + 1, recordSizeBytes)
    this.#range = onFile(path, () => ReservedRange.take(nativeOs(path), sizeBytes))
    this.slot = new Int32Array(this.#range.buffer, this.#base * WORD_BYTES)
  }

  override get keepsImages(): boolean {
    return this.#journal !== undefined
  }

  override prepare(): void {
    this.#madeJournal()
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
    const journal = this.#madeJournal()
    // An exhausted stack may have cut an earlier write short: its image is needed before this one overwrites it.
    this.#mendNamed(i32, journal)
    journal.keepNamedImage(this.#base, i32, counter, index, partStart, partLength)
  }

  /** Always false: a record that this writer left odd has to be mended first. */
  override owns(): boolean {
    return false
  }

  override mend(place: RecordPlace, isLate = true): boolean {
    if (!this.mayMend(place, isLate)) return false
    const journal = this.#journal
    const isImageOf = journal?.names(this.#base, place) === true && journal.hasImage(this.#base)
    this.#recovered.push(mendRecord(place, journal, isImageOf ? this.#base : undefined))
    return true
  }

  /** The stack may have been exhausted between the odd counter and the first store. */
  override finish(i32: Int32Array): void {
    if (this.#journal !== undefined) this.#mendNamed(i32, this.#journal)
  }

  override close(): void {
    takeAll(
      () => this.#journal?.close(),
      () => this.#range.putAside(),
    )
  }

  #mendNamed(i32: Int32Array, journal: Journal): void {
    const place = journal.writtenPlace(this.#base, i32)
    if (place !== undefined) this.mend(place)
  }

  /** The journal, made if there is none yet. */
  #madeJournal(): Journal {
    if (this.#journal !== undefined) return this.#journal
    const journal = Journal.create(this.#path, this.#owner, this.#range)
    journal.reset(this.#base)
    this.#journal = journal
    return journal
  }
}

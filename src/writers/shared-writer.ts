/**
 * One of many writers. It takes a record by making the counter odd with a compare-and-swap, which one writer wins; before
 * that, its slot in the journal names the record, so that survivors know whose it is.
 */
import { onFile } from '../os/system-error.ts'
import { type StableWait, waitForStable } from '../protocol/patience.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import { AppendLock } from './append-lock.ts'
import type { Journal } from './journal.ts'
import { imageOf, mendRecord, type RecoveredRecord } from './recovery.ts'
import { takeOver } from './takeover.ts'
import type { UntakenWrites, Writer } from './writer.ts'
import type { WriterLock, WriterLocks } from './writer-lock.ts'
import type { WriterSlots } from './writer-slots.ts'

/** The last even low half of a counter, and the first odd one. */
const LAST_EVEN = -2
const FIRST_ODD = 1

export interface SharedWriterOptions {
  readonly locks: WriterLocks
  readonly path: string
  readonly stallTimeoutMs: number
  /** What this writer takes over from others is added here. */
  readonly recovered: RecoveredRecord[]
}

export class SharedWriter implements Writer {
  readonly untaken: UntakenWrites = 'none'
  readonly #journal: Journal
  readonly #lock: WriterLock
  readonly #slots: WriterSlots
  readonly #slot: number
  /** Index in the journal's words of this writer's slot. */
  readonly #base: number
  readonly #recovered: RecoveredRecord[]
  readonly #wait: StableWait
  readonly #appendLock: AppendLock
  /** The word of the counter that was made odd last, and the odd value: that it still has, and is held, or no more. */
  #counter = 0
  #odd = 0

  constructor(
    journal: Journal,
    slot: number,
    { locks: { lock, slots }, path, stallTimeoutMs, recovered }: SharedWriterOptions,
  ) {
    this.#journal = journal
    this.#lock = lock
    this.#slots = slots
    this.#slot = slot
    this.#base = journal.baseOf(slot)
    this.#recovered = recovered
    this.#wait = { path, timeoutMs: stallTimeoutMs, mend: (place, isLate) => this.mend(place, isLate) }
    this.#appendLock = new AppendLock(journal, slots, slot, path, stallTimeoutMs)
    // Whatever a dead owner of the slot left there.
    journal.clear(this.#base)
  }

  get journal(): Journal {
    return this.#journal
  }

  take(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void {
    // Only an exhausted stack cuts a write short in a living writer; the slot must not forget it.
    if (i32[this.#counter] === this.#odd) this.#mendOwn(i32)
    const before = i32[counter] as number
    const isTaken = this.#tryTake(i32, counter, index, before)
    this.#odd = isTaken ? before | 1 : this.#contend({ i32, counter, index })
    this.#counter = counter
    if (partLength > 0) this.#journal.keepImage(this.#base, i32, counter, partStart, partLength)
  }

  /**
   * Takes a record, if its counter is `before` still, and even. Named before it is taken: whoever finds the odd counter
   * finds the name.
   */
  #tryTake(i32: Int32Array, counter: number, index: number, before: number): boolean {
    if ((before & 1) !== 0 || before === LAST_EVEN) return false
    this.#journal.name(this.#base, index, before | 1, i32[counter + 1] as number)
    return Atomics.compareExchange(i32, counter, before, before | 1) === before
  }

  /** Takes a record that others are writing, or whose counter comes round; gives the odd counter that it has then. */
  #contend(place: RecordPlace): number {
    const { i32, counter, index } = place
    for (let since = 0; ; ) {
      // The winner's record must not seem to be this writer's too, while it waits.
      this.#journal.clear(this.#base)
      since = waitForStable(place, this.#wait, since)
      const before = i32[counter] as number
      if (before === LAST_EVEN) {
        if (this.#takeCarrying(place)) return FIRST_ODD
      } else if (this.#tryTake(i32, counter, index, before)) return before | 1
    }
  }

  /** The low half comes round: both halves change at once, so that no name of the past comes true again. */
  #takeCarrying({ i32, counter, index }: RecordPlace): boolean {
    const whole = new BigUint64Array(i32.buffer, i32.byteOffset + counter * i32.BYTES_PER_ELEMENT, 1)
    const high = i32[counter + 1] as number
    const before = (BigInt(high >>> 0) << 32n) | BigInt(LAST_EVEN >>> 0)
    this.#journal.name(this.#base, index, FIRST_ODD, (high + 1) | 0)
    const after = BigInt.asUintN(64, before + BigInt(FIRST_ODD - LAST_EVEN))
    return Atomics.compareExchange(whole, 0, before, after) === before
  }

  keepImage(i32: Int32Array, counter: number, _index: number, partStart: number, partLength: number): void {
    this.#journal.keepImage(this.#base, i32, counter, partStart, partLength)
  }

  abandon(i32: Int32Array, counter: number): void {
    if (!this.owns(i32, counter)) return
    // Nothing has been stored, unless an exhausted stack cut the write short.
    if (this.#journal.hasImage(this.#base)) this.#journal.restoreImage(this.#base, i32, counter)
    // On, though nothing has changed: an odd counter that came back would have two writers, of whom one may be dead.
    Atomics.store(i32, counter, (this.#odd + 1) | 0)
  }

  owns(i32: Int32Array, counter: number): boolean {
    return counter === this.#counter && i32[counter] === this.#odd
  }

  mend(place: RecordPlace, isLate = false): boolean {
    if (this.owns(place.i32, place.counter)) return this.#mendOwn(place.i32)
    const mended = onFile(
      this.#wait.path,
      () =>
        takeOver(this.#journal, this.#slots, this.#slot, place) ??
        (isLate ? this.#mendAlone(place) : undefined),
    )
    if (mended === undefined) return false
    this.#recovered.push(mended)
    return true
  }

  /** Mends a record that no slot names, if every other writer can be kept out: whoever left it so kept no journal. */
  #mendAlone(place: RecordPlace): RecoveredRecord | undefined {
    const lock = this.#lock
    if (!lock.tryBeginSetup()) return undefined
    try {
      if (!this.#slots.tryTakeAll()) return undefined
      try {
        return ((place.i32[place.counter] as number) & 1) === 0
          ? undefined
          : mendRecord(place, this.#journal, imageOf(this.#journal, place))
      } finally {
        this.#slots.keepOnly(this.#slot)
      }
    } finally {
      lock.endSetup()
    }
  }

  /** Mends the record whose write this very store has not finished; false where its slot does not say so. */
  #mendOwn(i32: Int32Array): boolean {
    const journal = this.#journal
    const base = this.#base
    const index = journal.namedIndex(base)
    if (index === undefined) return false
    const place = { i32, counter: this.#counter, index }
    if (!journal.names(base, place)) return false
    this.#recovered.push(mendRecord(place, journal, journal.hasImage(base) ? base : undefined))
    journal.clear(base)
    return true
  }

  takeAppend(): void {
    this.#appendLock.take()
  }

  releaseAppend(): void {
    this.#appendLock.release()
  }

  finish(i32: Int32Array): void {
    if (i32[this.#counter] === this.#odd) this.#mendOwn(i32)
  }

  close(): void {
    this.#appendLock.release()
    this.#journal.close()
  }
}

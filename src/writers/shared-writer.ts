/**
 * One of many writers. It takes a record by making its counter odd with a compare-and-swap, which one writer wins. Before
 * that, its slot in the journal names the record, so that survivors know whose it is.
 */
import { NO_IMAGE, TAKEN } from '../format/journal.ts'
import { onFile } from '../os/system-error.ts'
import { type StableWait, waitForStable } from '../protocol/patience.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import { AppendLock, appenderMark } from './append-lock.ts'
import type { Journal } from './journal.ts'
import { imageOf, mendRecord, type RecoveredRecord } from './recovery.ts'
import { LAST_EVEN, SLOT_LOW, SLOT_STATE } from './slot.ts'
import { takeOver } from './takeover.ts'
import type { UntakenWrites, Writer } from './writer.ts'
import type { WriterLock, WriterLocks } from './writer-lock.ts'
import type { WriterSlots } from './writer-slots.ts'

/** The odd low half of a counter after the last even one: it has wrapped. */
const FIRST_ODD = 1

export interface SharedWriterOptions {
  readonly locks: WriterLocks
  readonly path: string
  readonly stallTimeoutMs: number
  /** Records that this writer mends are added here. */
  readonly recovered: RecoveredRecord[]
}

export class SharedWriter implements Writer {
  readonly untaken: UntakenWrites = 'none'
  readonly keepsImages = true
  readonly slot: Int32Array
  readonly appender: Int32Array
  readonly appenderFence: number
  readonly appenderMark: number
  readonly #journal: Journal
  readonly #lock: WriterLock
  readonly #slots: WriterSlots
  readonly #slot: number
  /** Index in the journal's words of this writer's slot. */
  readonly #base: number
  readonly #recovered: RecoveredRecord[]
  readonly #wait: StableWait
  readonly #appendLock: AppendLock

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
    this.slot = journal.slotWords(this.#base)
    const { appender, appenderFence } = journal.appenderWords()
    this.appender = appender
    this.appenderFence = appenderFence
    this.appenderMark = appenderMark(slot)
    journal.reset(this.#base)
  }

  prepare(): void {
    // It has its journal from the start.
  }

  get journal(): Journal {
    return this.#journal
  }

  take(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void {
    // An exhausted stack may have cut an earlier write short: mend that record before the slot names another.
    this.#mendOwn(i32)
    const place = { i32, counter, index }
    if (!this.#tryTake(place, i32[counter] as number)) this.#contend(place)
    if (partLength > 0) this.#journal.keepImage(this.#base, i32, counter, partStart, partLength)
  }

  /**
   * Takes a record if its counter is still `before`, and even. The slot names the record first: a writer that finds the odd
   * counter also finds the name.
   */
  #tryTake({ i32, counter, index }: RecordPlace, before: number): boolean {
    if ((before & 1) !== 0 || before === LAST_EVEN) return false
    this.#journal.name(this.#base, index, before | 1, i32[counter + 1] as number)
    if (Atomics.compareExchange(i32, counter, before, before | 1) !== before) return false
    this.slot[SLOT_STATE] = TAKEN
    return true
  }

  /** Takes a record that other writers are writing, or whose counter is about to wrap. */
  #contend(place: RecordPlace): void {
    for (let since = 0; ; ) {
      // While this writer waits, its slot must not name the winner's record.
      this.#journal.clear(this.#base)
      since = waitForStable(place, this.#wait, since)
      const before = place.i32[place.counter] as number
      if (before === LAST_EVEN ? this.#takeCarrying(place) : this.#tryTake(place, before)) return
    }
  }

  /** The low half wraps: both halves change at once, so that a stale name never matches again. */
  #takeCarrying({ i32, counter, index }: RecordPlace): boolean {
    const whole = new BigUint64Array(i32.buffer, i32.byteOffset + counter * i32.BYTES_PER_ELEMENT, 1)
    const high = i32[counter + 1] as number
    const before = (BigInt(high >>> 0) << 32n) | BigInt(LAST_EVEN >>> 0)
    this.#journal.name(this.#base, index, FIRST_ODD, (high + 1) | 0)
    const after = BigInt.asUintN(64, before + BigInt(FIRST_ODD - LAST_EVEN))
    if (Atomics.compareExchange(whole, 0, before, after) !== before) return false
    this.slot[SLOT_STATE] = TAKEN
    return true
  }

  keepImage(i32: Int32Array, counter: number, _index: number, partStart: number, partLength: number): void {
    this.#journal.keepImage(this.#base, i32, counter, partStart, partLength)
  }

  abandon(i32: Int32Array, counter: number, index: number): void {
    if (!this.owns(i32, counter, index)) return
    // Nothing has been stored, unless an exhausted stack cut the write short.
    if (this.#journal.hasImage(this.#base)) this.#journal.restoreImage(this.#base, i32, counter)
    // Goes on, though nothing has changed: an odd counter used again would have two owners, one of them perhaps dead.
    Atomics.store(i32, counter, ((i32[counter] as number) + 1) | 0)
  }

  owns(i32: Int32Array, counter: number, index: number): boolean {
    const { slot } = this
    // Mostly the low half tells already.
    const mayOwn = slot[SLOT_STATE] !== NO_IMAGE && slot[SLOT_LOW] === i32[counter]
    return mayOwn && this.#journal.names(this.#base, { i32, counter, index })
  }

  mend(place: RecordPlace, isLate = false): boolean {
    if (this.owns(place.i32, place.counter, place.index)) return this.#mendOwn(place.i32)
    const mended = onFile(
      this.#wait.path,
      () =>
        takeOver(this.#journal, this.#slots, this.#slot, place) ??
        (isLate ? this.#mendAlone(place) : undefined),
    )
    if (mended === undefined) {
      // The record stays stuck, and the last writer to close may not know of it.
      if (isLate && ((place.i32[place.counter] as number) & 1) !== 0) this.#lock.forgetMark()
      return false
    }
    this.#recovered.push(mended)
    return true
  }

  /** Mends a record that no slot names, if every other writer can be locked out: its owner kept no journal. */
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

  /** Mends the record that this store itself left mid-write; false if there is none. */
  #mendOwn(i32: Int32Array): boolean {
    const journal = this.#journal
    const base = this.#base
    const place = journal.writtenPlace(base, i32)
    // Without a state, the slot may name a record that another writer took first.
    if (place === undefined || this.slot[SLOT_STATE] === NO_IMAGE) return false
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
    this.#mendOwn(i32)
  }

  close(): void {
    this.#appendLock.release()
    this.#journal.close()
  }
}

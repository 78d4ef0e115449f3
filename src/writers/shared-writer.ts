/**
 * One of many writers. It takes a record by making the counter odd with a compare-and-swap, which one writer wins; before
 * that, its slot in the journal names the record, so that survivors know whose it is.
 */
import { NO_IMAGE, TAKEN } from '../format/journal.ts'
import { counterWordOf } from '../format/words.ts'
import { onFile } from '../os/system-error.ts'
import { type StableWait, waitForStable } from '../protocol/patience.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import { AppendLock, appenderMark } from './append-lock.ts'
import type { Journal } from './journal.ts'
import { imageOf, mendRecord, type RecoveredRecord } from './recovery.ts'
import { LAST_EVEN, nameRecord, SLOT_INDEX, SLOT_LOW, SLOT_STATE } from './slot.ts'
import { takeOver } from './takeover.ts'
import type { UntakenWrites, Writer } from './writer.ts'
import type { WriterLock, WriterLocks } from './writer-lock.ts'
import type { WriterSlots } from './writer-slots.ts'

/** The odd low half of a counter behind the last even one. */
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
  readonly keepsImages = true
  readonly slot: Int32Array
  readonly slotFence: number
  readonly appender: Int32Array
  readonly appenderFence: number
  readonly appenderMark: number
  readonly #journal: Journal
  readonly #lock: WriterLock
  readonly #slots: WriterSlots
  readonly #slot: number
  /** Index in the journal's words of this writer's slot. */
  readonly #base: number
  readonly #recordSizeBytes: number
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
    const { slot: words, slotFence } = journal.slotWords(slot)
    this.slot = words
    this.slotFence = slotFence
    const { appender, appenderFence } = journal.appenderWords()
    this.appender = appender
    this.appenderFence = appenderFence
    this.appenderMark = appenderMark(slot)
    this.#recordSizeBytes = journal.recordSizeBytes
    journal.reset(this.#base)
  }

  prepare(): void {
    // It has its journal.
  }

  get journal(): Journal {
    return this.#journal
  }

  take(i32: Int32Array, counter: number, index: number, partStart: number, partLength: number): void {
    // Only an exhausted stack cuts a write short in a living writer; the slot must not forget it.
    this.#mendOwn(i32)
    const place = { i32, counter, index }
    if (!this.#tryTake(place, i32[counter] as number)) this.#contend(place)
    if (partLength > 0) this.#journal.keepImage(this.#base, i32, counter, partStart, partLength)
  }

  /**
   * Takes a record, if its counter is `before` still, and even. Named before it is taken: whoever finds the odd counter
   * finds the name.
   */
  #tryTake({ i32, counter, index }: RecordPlace, before: number): boolean {
    if ((before & 1) !== 0 || before === LAST_EVEN) return false
    nameRecord(this.slot, this.slotFence, index, before | 1, i32[counter + 1] as number)
    if (Atomics.compareExchange(i32, counter, before, before | 1) !== before) return false
    this.slot[SLOT_STATE] = TAKEN
    return true
  }

  /** Takes a record that others are writing, or whose counter comes round. */
  #contend(place: RecordPlace): void {
    for (let since = 0; ; ) {
      // The winner's record must not seem to be this writer's too, while it waits.
      this.#journal.clear(this.#base)
      since = waitForStable(place, this.#wait, since)
      const before = place.i32[place.counter] as number
      if (before === LAST_EVEN ? this.#takeCarrying(place) : this.#tryTake(place, before)) return
    }
  }

  /** The low half comes round: both halves change at once, so that no name of the past comes true again. */
  #takeCarrying({ i32, counter, index }: RecordPlace): boolean {
    const whole = new BigUint64Array(i32.buffer, i32.byteOffset + counter * i32.BYTES_PER_ELEMENT, 1)
    const high = i32[counter + 1] as number
    const before = (BigInt(high >>> 0) << 32n) | BigInt(LAST_EVEN >>> 0)
    nameRecord(this.slot, this.slotFence, index, FIRST_ODD, (high + 1) | 0)
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
    // On, though nothing has changed: an odd counter that came back would have two writers, of whom one may be dead.
    Atomics.store(i32, counter, ((i32[counter] as number) + 1) | 0)
  }

  owns(i32: Int32Array, counter: number, index: number): boolean {
    const { slot } = this
    return (
      slot[SLOT_STATE] !== NO_IMAGE && slot[SLOT_INDEX] === (index | 0) && slot[SLOT_LOW] === i32[counter]
    )
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
      // Nobody may know of it when the last one goes.
      if (isLate && ((place.i32[place.counter] as number) & 1) !== 0) this.#lock.forgetMark()
      return false
    }
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

  /** Mends the record whose write this very store has not finished; false where its slot names none. */
  #mendOwn(i32: Int32Array): boolean {
    const journal = this.#journal
    const base = this.#base
    const index = journal.namedIndex(base)
    if (index === undefined) return false
    const counter = counterWordOf(index, this.#recordSizeBytes)
    if (!this.owns(i32, counter, index)) return false
    const image = journal.hasImage(base) ? base : undefined
    this.#recovered.push(mendRecord({ i32, counter, index }, journal, image))
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

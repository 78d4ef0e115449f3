/** The slow paths of accessors: indices beyond the limits, records that are mid-write, and values that don't fit. */
import { show } from '../errors.ts'
import { HEADER_SIZE_BYTES } from '../format/header.ts'
import { NO_IMAGE } from '../format/journal.ts'
import { type StableWait, waitForStable } from '../protocol/patience.ts'
import { beginRead, beginWrite, endRead } from '../protocol/seqlock.ts'
import { LENGTH_PREFIX_BYTES } from '../schema/field-types.ts'
import type { LayoutField } from '../schema/layout.ts'
import { valueKindOf } from '../values/kinds.ts'
import { deltaError, storedError, valueError } from '../values/value-errors.ts'
import { SLOT_INDEX, SLOT_LOW, SLOT_STATE, wholePart } from '../writers/slot.ts'
import { APPEND, HotRecords, isIndexBelow, NO_RECORD } from './hot-records.ts'
import type { Opened } from './opening.ts'

/** What generated code calls when it leaves the fast path. */
export abstract class StoreBase extends HotRecords {
  /** The record that a `modify` has taken: its write must not take it again. */
  protected takenIndex = NO_RECORD
  readonly #wait: StableWait

  constructor(opened: Opened) {
    super(opened)
    const { path, options, writer } = opened
    this.#wait = {
      path,
      timeoutMs: options.stallTimeoutMs,
      mend: (place, isLate) => writer.mend(place, isLate),
    }
  }

  /** Takes a record for a write of any of its words. */
  protected claim(index: number): void {
    const { start, length } = wholePart(this.recordSizeBytes)
    this.claimPart(index, start, length)
  }

  /** The same for a write that will change only `length` 32-bit words from `start` on. */
  protected claimPart(index: number, start: number, length: number): void {
    this.#admit(index)
    this.#take(index, start, length)
  }

  /**
   * Called before a write if `index` is not below `beginLimit`: on return the record may be written to, and the writer keeps
   * images, if it ever does.
   */
  protected prepare(index: number): void {
    this.#admit(index)
    if (this.beginLimit !== 0) return
    this.writer.prepare()
    // While writes are noted, they all pass here, and no limit would change.
    if (this.notes.isFast) this.adoptMode()
  }

  /**
   * Makes the counter odd where generated code could not, because the record, or the one that the slot names, may be
   * mid-write. Returns the counter before.
   */
  protected begin(index: number): number {
    const { start, length } = wholePart(this.recordSizeBytes)
    this.#take(index, start, length)
    const before = beginWrite(this.i32, this.counterOf(index), this.fence)
    return (before & 1) === 0 ? before : this.beginTaken(index)
  }

  /**
   * Whether the record that the slot names is still mid-write, since an exhausted stack cut a write of this store short; if
   * not, frees the slot.
   */
  protected isSlotBusy(): boolean {
    const { i32, slot } = this
    if (i32[this.counterOf((slot[SLOT_INDEX] as number) >>> 0)] === slot[SLOT_LOW]) return true
    slot[SLOT_STATE] = NO_IMAGE
    return false
  }

  #admit(index: number): void {
    if (!isIndexBelow(index, this.takeLimit)) this.assertTakeable(index)
    // Tells those who wait for changes, once the record has been written.
    if (!this.notes.isFast) this.notes.note()
  }

  #take(index: number, start: number, length: number): void {
    if (index === this.takenIndex) return
    const { i32 } = this
    const counter = this.counterOf(index)
    // A record that is mid-write is nothing to keep an image of, to add to, or to compare with.
    if (!this.isShared && ((i32[counter] as number) & 1) !== 0) this.retryRead(index, 0)
    this.writer.take(i32, counter, index, start, length)
  }

  /** {@link liveCount}, checked: throws if there can't be so many records. */
  protected checkedCount(): number {
    const count = this.liveCount()
    if (this.isCountLarge()) this.followTo(count)
    return count
  }

  /** Called if `index` is not below `readLimit`: follows other processes' appends, or throws. */
  protected missRead(index: number): void {
    this.assertOpen()
    const count = this.checkedCount()
    if (typeof index !== 'number') {
      throw this.refusal('ERR_TYPE_MISMATCH', `an index is a number, not ${show(index)}`)
    }
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      const range = count === 0 ? 'the store is empty' : `records have indices 0 to ${count - 1}`
      throw this.refusal('ERR_OUT_OF_BOUNDS', `there is no record ${show(index)}; ${range}`)
    }
    this.followTo(count)
  }

  /** Called before a write of one number if `index` is not below `storeLimit`. */
  protected missWrite(index: number): void {
    this.claimPart(index, 0, 0)
  }

  /** @throws if the record can't be written to, and says why */
  protected assertTakeable(index: number): void {
    if (isIndexBelow(index, this.takeLimit)) return
    this.assertWritable()
    this.missRead(index)
  }

  /** Called within a write of a number that takes two stores, to the words from `start` on, if both of them change. */
  protected keepUndo(index: number, start: number): void {
    this.writer.keepImage(this.i32, this.counterOf(index), index, start, 2)
  }

  /** Called if a record that was claimed is not written after all. */
  protected cancelWrite(index: number): false {
    // The caller's code may have closed the store meanwhile: then the views may show another file.
    if (!this.isClosed) this.writer.abandon(this.i32, this.counterOf(index), index)
    return false
  }

  /** Called if a read was not consistent; `since` is what the last call returned, 0 at first. */
  protected retryRead(index: number, since: number): number {
    const place = this.placeOf(index)
    if (index === this.modifiedIndex && this.writer.owns(place.i32, place.counter, index)) {
      throw this.refusal(
        'ERR_REENTRANT',
        'the record was read from within its modify; use what the callback is given',
        index,
      )
    }
    return waitForStable(place, this.#wait, since)
  }

  /**
   * Called if a write found the counter odd: this writer has taken the record, or else waits for the one that has. Returns
   * the even counter before.
   */
  protected beginTaken(index: number): number {
    const { i32 } = this
    const counter = this.counterOf(index)
    if (this.writer.owns(i32, counter, index)) return (i32[counter] as number) - 1
    const { start, length } = wholePart(this.recordSizeBytes)
    let since = 0
    for (;;) {
      since = this.retryRead(index, since)
      // The record may have been rolled back, and its counter has gone on: an image from before does not count any more.
      if (this.writer.keepsImages) this.writer.keepImage(i32, counter, index, start, length)
      const before = beginWrite(i32, counter, this.fence)
      if ((before & 1) === 0) return before
    }
  }

  /** The live bytes of a str or bytes field, with their present length. */
  protected viewField(index: number, property: string): Uint8Array {
    if (!isIndexBelow(index, this.readLimit)) this.missRead(index)
    const field = this.#field(property)
    const start = HEADER_SIZE_BYTES + index * this.recordSizeBytes + field.offsetBytes
    for (let since = 0; ; since = this.retryRead(index, since)) {
      const before = beginRead(this.i32, this.counterOf(index))
      const length = this.u32[start / LENGTH_PREFIX_BYTES] as number
      if (!endRead(this.i32, this.counterOf(index), before, this.fence)) continue
      if (length > field.maxBytes) this.refuseStored(index, property, length)
      return this.opened.region.view(start + LENGTH_PREFIX_BYTES, length)
    }
  }

  /** @throws always: says why `value` does not fit its field; `index` is APPEND for an append */
  protected refuseValue(index: number, property: string, value: unknown): never {
    // An error about the store or the index takes precedence, whichever was noticed first.
    if (index === APPEND) this.assertWritable()
    else this.assertTakeable(index)
    throw valueError(this.#field(property), value, this.opened.path, index === APPEND ? undefined : index)
  }

  /** @throws always: says why `delta` can't be added to a field */
  protected refuseDelta(index: number, property: string, delta: unknown): never {
    this.assertTakeable(index)
    throw deltaError(this.#field(property), delta, this.opened.path, index)
  }

  /** Lets go of the record. @throws always: says why the field can't hold the sum */
  protected refuseSum(index: number, property: string, sum: unknown): never {
    this.cancelWrite(index)
    throw valueError(this.#field(property), sum, this.opened.path, index)
  }

  /** @throws always: says why the first value that does not fit its field does not */
  protected refuseFields(index: number, record: unknown): never {
    this.#checkValues(index, record, false)
    // Only a record with getters gets here: the value that was refused a moment ago now fits.
    return this.refuseRecord(record)
  }

  /**
   * Called for a patch that has no field, or a value that does not fit. An empty patch is fine; other keys are a mistake.
   */
  protected finishPatch(index: number, patch: unknown): void {
    this.#checkValues(index, patch, true)
    for (const key of Object.keys(patch as object)) {
      if (this.#field(key) === undefined) {
        const known = this.opened.definition.layout.fields.map(({ property }) => property).join(', ')
        throw this.refusal('ERR_TYPE_MISMATCH', `there is no field "${key}"; the fields are ${known}`, index)
      }
    }
    this.assertTakeable(index)
  }

  #checkValues(index: number, record: unknown, isPatch: boolean): void {
    if (typeof record !== 'object' || record === null) this.refuseRecord(record)
    for (const field of this.opened.definition.layout.fields) {
      const value = (record as Record<string, unknown>)[field.property]
      if (!(isPatch && value === undefined) && !valueKindOf(field).check(field)(value))
        this.refuseValue(index, field.property, value)
    }
  }

  /** @throws always: says why the bytes of a field are not a value of its type */
  protected refuseStored(index: number, property: string, stored: unknown): never {
    this.cancelWrite(index)
    throw storedError(this.#field(property), stored, this.opened.path, index)
  }

  /** @throws always: the record or the patch is not an object */
  protected refuseRecord(value: unknown): never {
    throw this.refusal('ERR_TYPE_MISMATCH', `a record is an object with its fields, not ${show(value)}`)
  }

  #field(property: string): LayoutField {
    return this.opened.definition.layout.fields.find((field) => field.property === property) as LayoutField
  }
}

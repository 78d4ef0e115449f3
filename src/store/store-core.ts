/** What accessors stand on: the views they load and store through, and the slow paths they fall back to. */
import { MmapForgeError, show } from '../errors.ts'
import { CAPACITY_OFFSET_BYTES, COUNT_OFFSET_BYTES, HEADER_SIZE_BYTES } from '../format/header.ts'
import { LENGTH_PREFIX_BYTES } from '../schema/field-types.ts'
import type { LayoutField } from '../schema/layout.ts'
import { capacityOf, grownSizeBytes, initialSizeBytes } from './growth.ts'
import type { Opened } from './opening.ts'
import { MAX_RECORD_COUNT } from './options.ts'
import { FIRST_COUNTER } from './recovery.ts'
import { beginRead, beginWrite, endRead, loadShared, storeShared } from './seqlock.ts'
import { waitForStable } from './stall.ts'
import { storedError, valueError } from './value-errors.ts'
import { NO_VIEWS, viewsOf } from './views.ts'

const WORD_BYTES = 4
const COUNT_WORD = COUNT_OFFSET_BYTES / WORD_BYTES
const CAPACITY_WORD = CAPACITY_OFFSET_BYTES / WORD_BYTES

/**
 * The state and the slow paths of a store. Members are protected rather than private because generated code reaches
 * them; they are no interface for anybody else.
 */
export abstract class StoreCore {
  // One integer answers three questions of a read: is the index in bounds, is the record mapped, is the store open.
  protected readableCount = 0
  /** The same for a write; 0 where the store is read-only. */
  protected writableCount = 0
  /** Records that the mapping holds, whether appended yet or not. */
  protected capacityCount = 0
  /** Index of the fence word in `i32`. */
  protected fence = 0
  protected i8: Int8Array = NO_VIEWS.i8
  protected u8: Uint8Array = NO_VIEWS.u8
  protected i16: Int16Array = NO_VIEWS.i16
  protected u16: Uint16Array = NO_VIEWS.u16
  protected i32: Int32Array = NO_VIEWS.i32
  protected u32: Uint32Array = NO_VIEWS.u32
  protected i64: BigInt64Array = NO_VIEWS.i64
  protected u64: BigUint64Array = NO_VIEWS.u64
  protected f32: Float32Array = NO_VIEWS.f32
  protected f64: Float64Array = NO_VIEWS.f64
  protected readonly opened: Opened
  protected isClosed = false
  readonly #recordSizeBytes: number

  /** Not for direct use: call `create`, `open` or `openOrCreate`. */
  constructor(opened: Opened) {
    this.opened = opened
    this.#recordSizeBytes = opened.definition.layout.recordSizeBytes
    this.#adoptRegion(true)
    this.#adoptCount(this.liveCount())
  }

  // ---- counts and growth

  /** The count in the header, which every append of every process raises. */
  protected liveCount(): number {
    return loadShared(this.i32, COUNT_WORD, this.fence) >>> 0
  }

  /**
   * The place that a whole record is written to. `place` is an index, checked before but perhaps no longer good, or
   * Infinity for an append: then the record after the last, mapped and clean.
   */
  protected claim(place: number): number {
    if (place !== Infinity) {
      this.missWrite(place)
      return place
    }
    this.assertWritable()
    const index = this.liveCount()
    if (index !== this.readableCount) this.#followTo(index)
    if (index >= this.capacityCount) this.#grow(index)
    // A writer that died in an append may have left its traces here; nobody has seen the record yet.
    if (this.i32[this.#counterOf(index)] !== 0) {
      const start = HEADER_SIZE_BYTES + index * this.#recordSizeBytes
      this.u8.fill(0, start, start + this.#recordSizeBytes)
    }
    return index
  }

  /** Makes the appended record `index` visible, after everything that was stored in it. */
  protected publish(index: number): number {
    storeShared(this.i32, COUNT_WORD, index + 1, this.fence)
    this.#adoptCount(index + 1)
    return index
  }

  #grow(index: number): void {
    const { region, path } = this.opened
    if (index >= MAX_RECORD_COUNT) {
      throw new MmapForgeError('ERR_TOO_LARGE', `a store holds at most ${MAX_RECORD_COUNT} records`, { path })
    }
    let replaced: boolean
    try {
      replaced = region.grow(grownSizeBytes(index + 1, this.#recordSizeBytes))
    } catch {
      // Room ahead of need is a convenience: without it, the room that is needed must do.
      replaced = region.grow(initialSizeBytes(index + 1, this.#recordSizeBytes))
    }
    this.#adoptRegion(replaced)
    this.storeCapacity()
  }

  /** Writes the true capacity into the header, where other writers may have left another. */
  protected storeCapacity(): void {
    this.i32[CAPACITY_WORD] = this.capacityCount | 0
    this.i32[CAPACITY_WORD + 1] = Math.floor(this.capacityCount / 2 ** 32)
  }

  #adoptRegion(replaced: boolean): void {
    const { region } = this.opened
    if (replaced) {
      Object.assign(this, viewsOf(region.buffer))
      this.fence = region.fenceOffsetBytes / WORD_BYTES
    }
    this.capacityCount = capacityOf(region.sizeBytes, this.#recordSizeBytes)
  }

  #adoptCount(count: number): void {
    this.readableCount = count
    this.writableCount = this.opened.options.readOnly ? 0 : count
  }

  /** Catches up with another process, which has appended and perhaps grown the file. */
  #followTo(count: number): void {
    const { region, path } = this.opened
    if (count > this.capacityCount) this.#adoptRegion(region.follow())
    if (count > this.capacityCount) {
      throw new MmapForgeError(
        'ERR_CORRUPTED',
        `the header counts ${count} records, the file has room for ${this.capacityCount}: it was cut short, or its header ` +
          'was overwritten; close the store and restore the file from a copy',
        { path },
      )
    }
    this.#adoptCount(count)
  }

  // ---- slow paths of the accessors

  /** Called where `index` is not below `readableCount`: follows other processes' appends, or throws. */
  protected missRead(index: number): void {
    this.assertOpen()
    const count = this.liveCount()
    if (typeof index !== 'number') {
      throw new MmapForgeError('ERR_TYPE_MISMATCH', `an index is a number, not ${show(index)}`, {
        path: this.opened.path,
      })
    }
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      const range = count === 0 ? 'the store is empty' : `records have indices 0 to ${count - 1}`
      throw new MmapForgeError('ERR_OUT_OF_BOUNDS', `there is no record ${show(index)}; ${range}`, {
        path: this.opened.path,
      })
    }
    this.#followTo(count)
  }

  /** Called where `index` is not below `writableCount`. */
  protected missWrite(index: number): void {
    this.assertWritable()
    this.missRead(index)
  }

  /** Called where a read was not consistent; `since` is what the last call gave, 0 at first. */
  protected retryRead(index: number, since: number): number {
    return waitForStable(
      {
        i32: this.i32,
        counter: this.#counterOf(index),
        timeoutMs: this.opened.options.stallTimeoutMs,
        path: this.opened.path,
        index,
      },
      since,
    )
  }

  /** Called where a write found the counter odd: waits, and makes it odd itself. */
  protected retryWrite(index: number): number {
    // Whoever holds the lock is alone: the odd counter is its own, from a write that a stack overflow cut short.
    if (this.opened.lock !== undefined) return (this.i32[this.#counterOf(index)] as number) - 1
    let since = 0
    for (;;) {
      since = this.retryRead(index, since)
      const before = beginWrite(this.i32, this.#counterOf(index), this.fence)
      if ((before & 1) === 0) return before
    }
  }

  #counterOf(index: number): number {
    return FIRST_COUNTER + index * (this.#recordSizeBytes / WORD_BYTES)
  }

  /** The live bytes of a str or bytes field, as long as they are now. */
  protected viewField(index: number, property: string): Uint8Array {
    if (!(index < this.readableCount && index >>> 0 === index)) this.missRead(index)
    const field = this.#field(property)
    const start = HEADER_SIZE_BYTES + index * this.#recordSizeBytes + field.offsetBytes
    for (let since = 0; ; since = this.retryRead(index, since)) {
      const before = beginRead(this.i32, this.#counterOf(index))
      const length = this.u32[start / WORD_BYTES] as number
      if (!endRead(this.i32, this.#counterOf(index), before, this.fence)) continue
      if (length > field.maxBytes) this.refuseStored(index, property, length)
      return this.opened.region.view(start + LENGTH_PREFIX_BYTES, length)
    }
  }

  // ---- refusals

  /** @throws why `value` does not fit its field; `index` is Infinity for an append */
  protected refuseValue(index: number, property: string, value: unknown): never {
    throw valueError(this.#field(property), value, this.opened.path, index === Infinity ? undefined : index)
  }

  /** @throws why the bytes of a field are no value of it */
  protected refuseStored(index: number, property: string, stored: unknown): never {
    throw storedError(this.#field(property), stored, this.opened.path, index)
  }

  /** @throws for a record or a patch that is no object */
  protected refuseRecord(value: unknown): never {
    throw new MmapForgeError(
      'ERR_TYPE_MISMATCH',
      `a record is an object with its fields, not ${show(value)}`,
      {
        path: this.opened.path,
      },
    )
  }

  /** Called for a patch that gives no field at all: an empty one is fine, one with other keys is a mistake. */
  protected checkPatch(index: number, patch: object): void {
    for (const key of Object.keys(patch)) {
      if (this.#field(key) === undefined) {
        const known = this.opened.definition.layout.fields.map(({ property }) => property).join(', ')
        throw new MmapForgeError('ERR_TYPE_MISMATCH', `there is no field "${key}"; the fields are ${known}`, {
          path: this.opened.path,
          record: index,
        })
      }
    }
    if (!(index < this.writableCount && index >>> 0 === index)) this.missWrite(index)
  }

  #field(property: string): LayoutField {
    return this.opened.definition.layout.fields.find((field) => field.property === property) as LayoutField
  }

  protected assertOpen(): void {
    if (this.isClosed) {
      throw new MmapForgeError('ERR_CLOSED', 'the store is closed; open it again', { path: this.opened.path })
    }
  }

  protected assertWritable(): void {
    this.assertOpen()
    if (this.opened.options.readOnly) {
      throw new MmapForgeError(
        'ERR_READ_ONLY',
        'the store was opened with readOnly; open it without to write',
        {
          path: this.opened.path,
        },
      )
    }
  }

  /** Lets go of memory and lock. */
  protected release(): void {
    this.isClosed = true
    this.#adoptCount(0)
    this.capacityCount = 0
    Object.assign(this, NO_VIEWS)
    this.fence = 0
    this.opened.region.close()
    this.opened.lock?.release()
  }
}

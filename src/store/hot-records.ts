/** A store's records as typed arrays over its region: how many there are, which may be touched, and room for more. */
import { MmapForgeError } from '../errors.ts'
import { HEADER_SIZE_BYTES, MAX_RECORD_COUNT } from '../format/header.ts'
import { CAPACITY_WORD, COUNT_WORD, counterWordOf, RECORDS_WORD, WORD_BYTES } from '../format/words.ts'
import { takeAll } from '../os/undo.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import { beginWrite, loadShared, storeShared } from '../protocol/seqlock.ts'
import { MEMORY_PATH } from '../region/heap-region.ts'
import { VIEW_BYTES } from '../schema/field-types.ts'
import { COUNTER_SIZE_BYTES } from '../schema/layout.ts'
import { WakeChannel } from '../waiting/wake-channel.ts'
import { WriteNotes } from '../waiting/write-notes.ts'
import { exchangeOdd } from '../writers/slot.ts'
import type { Writer } from '../writers/writer.ts'
import { assertCount } from './count-check.ts'
import { capacityOf, grownSizeBytes, initialSizeBytes } from './growth.ts'
import type { Opened } from './opening.ts'

/** The typed arrays through which accessors read and write a region, named as in the table of field types. */
export interface Views {
  i8: Int8Array
  u8: Uint8Array
  i16: Int16Array
  u16: Uint16Array
  i32: Int32Array
  u32: Uint32Array
  i64: BigInt64Array
  u64: BigUint64Array
  f32: Float32Array
  f64: Float64Array
}

/** All views over a buffer whose length is a multiple of 8. */
export function viewsOf(buffer: ArrayBuffer): Views {
  return {
    i8: new Int8Array(buffer),
    // A Buffer, for its native string methods; its elements are those of any Uint8Array.
    u8: Buffer.from(buffer),
    i16: new Int16Array(buffer),
    u16: new Uint16Array(buffer),
    i32: new Int32Array(buffer),
    u32: new Uint32Array(buffer),
    i64: new BigInt64Array(buffer),
    u64: new BigUint64Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
  }
}

// V8 looks up an imported constant anew at each use, and every append uses these.
const LENGTH = COUNT_WORD
const FIRST_COUNTER = RECORDS_WORD

/** The views of a closed store on the heap, so that it no longer keeps its memory alive. */
const NO_VIEWS: Readonly<Views> = viewsOf(new ArrayBuffer(VIEW_BYTES.f64))

/** Stands for no record. */
export const NO_RECORD = -1

/** Read in place of a record or a patch that is null or undefined: it has no field, and so the usual checks refuse it. */
export const NOTHING = Object.freeze({}) as never

/** Stands for the index of a record that is being appended; no caller can pass it. */
export const APPEND = Symbol('append') as unknown as number

/** Whether `index` is one of `count` records: the check that generated code makes inline. */
export function isIndexBelow(index: unknown, count: number): index is number {
  return typeof index === 'number' && index < count && index >>> 0 === index
}

/**
 * The state that accessors read on every call, and what changes it: appends, growth, closing. Members are protected rather
 * than private because generated code uses them; they are not an interface for anybody else.
 */
export abstract class HotRecords {
  protected readonly opened: Opened
  protected isClosed = false
  /** The record whose `modify` callback is running. */
  protected modifiedIndex = NO_RECORD
  /** Whether an `appendMany` is under way. */
  protected isAppendingMany = false
  /** Wakes the waiters of this store, in any process. */
  protected readonly wakes: WakeChannel
  // One integer answers three questions of a read: is the index in bounds, is the record mapped, is the store open.
  protected readLimit = 0
  /** The same for a store of one number; 0 if more is needed first, or none is allowed: the store is shared, or read-only. */
  protected storeLimit = 0
  /** The same for any other write, before which an image of the record may have to be kept. */
  protected writeLimit = 0
  /** The same for any write, once the writer has taken the record. */
  protected takeLimit = 0
  /** The same for a write that the store begins by itself, after it has kept an image if one is needed. */
  protected beginLimit = 0
  /** The same for an append on the fast path: as many records as the mapping holds. */
  protected appendLimit = 0
  /** Records that the mapping has room for, whether appended yet or not. */
  protected capacityCount = 0
  /** Records that an `appendMany` under way has written after the last one, but not yet counted. */
  protected pendingCount = 0
  // Declared without a value, so that they are set only once, when the store is made: compilers treat a property that never
  // changes as a constant, and fold the addresses of the typed arrays into the accessors. Only an outgrown mapping changes
  // them.
  /** Index of the fence word in `i32`. */
  declare protected fence: number
  declare protected i8: Int8Array
  declare protected u8: Uint8Array
  declare protected i16: Int16Array
  declare protected u16: Uint16Array
  declare protected i32: Int32Array
  declare protected u32: Uint32Array
  declare protected i64: BigInt64Array
  declare protected u64: BigUint64Array
  declare protected f32: Float32Array
  declare protected f64: Float64Array
  protected readonly writer: Writer
  /** The words from the first of the writer's slot of the journal on. */
  protected readonly slot: Int32Array
  private readonly appender: Int32Array
  private readonly appenderFence: number
  private readonly appenderMark: number
  /** Whether other writers may append. */
  protected readonly isShared: boolean
  /** Whether the writer keeps images. */
  protected readonly isGuarded: boolean
  /** Makes an even counter odd in the way of this writer; returns the counter before. */
  protected readonly makeOdd: typeof exchangeOdd
  // No #private names: V8 would look up the class's name at each use, and every append uses these.
  private isOpenToWrites = false
  private isOpenToWrite = false
  private isOpenToStore = false
  private isOpenToBegin = false
  /** Whether a write of this store was cut short by an exhausted stack, so that a record may still be mid-write. */
  protected isTorn = false
  protected readonly recordSizeBytes: number
  private readonly recordWords: number
  /** While it has to note writes, for those who wait for changes, all writes take the slow paths. */
  protected readonly notes: WriteNotes

  /** Not for direct use: call `create`, `open` or `openOrCreate`. */
  constructor(opened: Opened) {
    this.opened = opened
    this.wakes = new WakeChannel(opened.realPath)
    this.writer = opened.writer
    this.slot = opened.writer.slot
    this.appender = opened.writer.appender
    this.appenderFence = opened.writer.appenderFence
    this.appenderMark = opened.writer.appenderMark
    this.isShared = opened.writer.untaken === 'none'
    this.isGuarded = opened.writer.untaken !== 'all'
    this.makeOdd = this.isShared ? exchangeOdd : beginWrite
    this.recordSizeBytes = opened.definition.layout.recordSizeBytes
    this.recordWords = this.recordSizeBytes / WORD_BYTES
    this.notes = new WriteNotes(this.wakes, () => this.adoptMode())
    this.#adoptRegion()
    // A writer may have grown the file since it was mapped: records beyond the mapping are followed when they are needed.
    this.readLimit = Math.min(this.liveCount(), this.capacityCount)
    this.adoptMode()
  }

  // ---- what the store's state allows

  protected assertOpen(): void {
    if (this.isClosed) throw this.refusal('ERR_CLOSED', 'the store is closed; open it again')
  }

  protected assertWritable(): void {
    this.assertOpen()
    if (this.modifiedIndex !== NO_RECORD) {
      throw this.refusal(
        'ERR_REENTRANT',
        `the store was written to from within modify of record ${this.modifiedIndex}; write before or after it`,
      )
    }
    if (this.opened.options.readOnly) {
      throw this.refusal('ERR_READ_ONLY', 'the store was opened with readOnly; open it without to write')
    }
  }

  /** The iterable of an `appendMany` must not append itself. */
  protected assertNotAppending(): void {
    if (!this.isAppendingMany) return
    throw this.refusal('ERR_REENTRANT', 'a record was appended from within appendMany; append it afterwards')
  }

  /** An error about the store, or about one of its records. */
  protected refusal(code: MmapForgeError['code'], message: string, record?: number): MmapForgeError {
    return new MmapForgeError(code, message, { path: this.opened.path, record })
  }

  // ---- appending

  /** The low half of the count in the header, which every append of every process raises. The high half must be 0. */
  protected liveCount(): number {
    return loadShared(this.i32, COUNT_WORD, this.fence) >>> 0
  }

  /** Whether the count needs more than the 32 bits of an index: another program wrote it, or the header is damaged. */
  protected isCountLarge(): boolean {
    return this.i32[COUNT_WORD + 1] !== 0
  }

  /** Makes records visible up to and including `index`, after everything that was stored in them. Returns `index`. */
  protected publish(index: number): number {
    if (this.isAppendingMany) this.assertNotAppending()
    storeShared(this.i32, LENGTH, index + 1, this.fence)
    this.adoptCount(index + 1)
    if (this.isShared) storeShared(this.appender, 0, 0, this.appenderFence)
    if (this.wakes.isLengthAwaited(index + 1)) this.#wake()
    return index
  }

  #wake(): void {
    try {
      this.wakes.wake()
    } catch {
      // The stack is exhausted. The record is appended all the same, and waiters also poll for it.
    }
  }

  /**
   * The index of the record after the last, mapped and zeroed, for an append to fill and publish. Fast if no other writer
   * appends, and none has appended since.
   *
   * @throws before anything is changed
   */
  protected claimNext(): number {
    const { i32, readLimit } = this
    return readLimit < this.appendLimit &&
      (!this.isShared || Atomics.compareExchange(this.appender, 0, 0, this.appenderMark) === 0) &&
      i32[LENGTH] === (readLimit | 0) &&
      i32[LENGTH + 1] === 0 &&
      i32[readLimit * this.recordWords + FIRST_COUNTER] === 0
      ? readLimit
      : this.#claimNext()
  }

  #claimNext(): number {
    if (!this.isOpenToWrites) this.assertWritable()
    if (!this.isShared) return this.#nextPlace()
    this.writer.takeAppend()
    try {
      return this.#nextPlace()
    } catch (error) {
      this.writer.releaseAppend()
      throw error
    }
  }

  #nextPlace(): number {
    const count = this.liveCount()
    if (count !== this.readLimit || this.isCountLarge()) this.followTo(count)
    const index = count + this.pendingCount
    if (index >= this.capacityCount) this.#grow(index)
    // A writer that died in an append may have left bytes here; no reader has seen them.
    if (this.i32[this.counterOf(index)] !== 0) {
      const start = HEADER_SIZE_BYTES + index * this.recordSizeBytes
      this.u8.fill(0, start + COUNTER_SIZE_BYTES, start + this.recordSizeBytes)
      // The counter last: if this writer dies here, the next one still finds that there is something to clear.
      storeShared(this.i32, this.counterOf(index), 0, this.fence)
    }
    return index
  }

  #grow(index: number): void {
    const { region } = this.opened
    if (index >= MAX_RECORD_COUNT) {
      throw this.refusal('ERR_TOO_LARGE', `a store holds at most ${MAX_RECORD_COUNT} records`)
    }
    try {
      region.grow(grownSizeBytes(index + 1, this.recordSizeBytes))
    } catch {
      // Growing ahead of need is a convenience: without room for that, grow by one record.
      region.grow(initialSizeBytes(index + 1, this.recordSizeBytes))
    }
    this.#adoptRegion()
    this.storeCapacity()
  }

  /** Stores the true capacity in the header, where other writers may have left another. */
  protected storeCapacity(): void {
    const { i32, capacityCount } = this
    const low = capacityCount | 0
    const high = Math.floor(capacityCount / 2 ** 32)
    // Only if it differs: any store makes the kernel write the page to the disk again.
    if (i32[CAPACITY_WORD] !== low) i32[CAPACITY_WORD] = low
    if (i32[CAPACITY_WORD + 1] !== high) i32[CAPACITY_WORD + 1] = high
  }

  // ---- views and limits

  /**
   * Looks at the region itself rather than at what `grow` returned: that is lost if a caller's recursion exhausts the stack
   * in between. For the same reason all calls come first, so that the region is adopted as a whole or not at all.
   */
  #adoptRegion(): void {
    const { region } = this.opened
    const { buffer } = region
    const capacityCount = capacityOf(region.sizeBytes, this.recordSizeBytes)
    if (this.i8?.buffer !== buffer) {
      const fence = region.fenceOffsetBytes / WORD_BYTES
      this.#adoptViews(viewsOf(buffer), fence)
    }
    this.capacityCount = capacityCount
    this.adoptCapacity()
  }

  /** Updates `appendLimit`, after a change of what it depends on. */
  protected adoptCapacity(): void {
    this.appendLimit = this.isOpenToWrites && !this.isAppendingMany ? this.capacityCount : 0
  }

  /** One by one: compilers do not treat a property as constant if `Object.assign` sets it. */
  #adoptViews(views: Readonly<Views>, fence: number): void {
    this.i8 = views.i8
    this.u8 = views.u8
    this.i16 = views.i16
    this.u16 = views.u16
    this.i32 = views.i32
    this.u32 = views.u32
    this.i64 = views.i64
    this.u64 = views.u64
    this.f32 = views.f32
    this.f64 = views.f64
    this.fence = fence
  }

  /** Every append calls this, so it uses only what `adoptMode` has already looked up. */
  private adoptCount(count: number): void {
    this.readLimit = count
    this.takeLimit = this.isOpenToWrites ? count : 0
    this.writeLimit = this.isOpenToWrite ? count : 0
    this.storeLimit = this.isOpenToStore ? count : 0
    this.beginLimit = this.isOpenToBegin ? count : 0
  }

  /** Updates which writes are allowed now, and which of them need not ask the writer. */
  protected adoptMode(): void {
    const { modifiedIndex, isClosed } = this
    const { untaken, keepsImages } = this.writer
    this.isOpenToWrites = !isClosed && !this.opened.options.readOnly && modifiedIndex === NO_RECORD
    const isUnnoted = this.isOpenToWrites && this.notes.isFast
    this.isOpenToWrite = isUnnoted && untaken === 'all'
    this.isOpenToStore = isUnnoted && untaken !== 'none'
    this.isOpenToBegin = isUnnoted && (keepsImages || untaken === 'all')
    this.adoptCapacity()
    this.adoptCount(this.readLimit)
  }

  /** Runs a caller's code for a `modify`, and refuses writes to this store meanwhile. */
  protected barringWrites<T>(index: number, run: () => T): T {
    const none = this.modifiedIndex
    try {
      this.modifiedIndex = index
      this.adoptMode()
      return run()
    } finally {
      // First without a call: if the call below exhausts the stack, the next write still finds this.
      this.modifiedIndex = none
      this.adoptMode()
    }
  }

  /**
   * Catches up with another process that has appended, and perhaps grown the file.
   *
   * @throws {MmapForgeError} `ERR_CORRUPTED`, `ERR_TOO_LARGE` for an impossible count
   */
  protected followTo(count: number): void {
    if (this.isCountLarge() || count > this.capacityCount) {
      this.opened.region.follow()
      this.#adoptRegion()
      const whole = (this.u32[COUNT_WORD + 1] as number) * 2 ** 32 + count
      assertCount(whole, this.capacityCount, this.opened.path)
    }
    this.adoptCount(count)
  }

  /** Index of a record's counter in `i32`. */
  protected counterOf(index: number): number {
    return counterWordOf(index, this.recordSizeBytes)
  }

  protected placeOf(index: number): RecordPlace {
    return { i32: this.i32, counter: this.counterOf(index), index }
  }

  /** Releases memory and locks. */
  protected release(): void {
    this.isClosed = true
    this.readLimit = 0
    this.capacityCount = 0
    this.adoptMode()
    // A closed mapping holds no memory, but views over the heap do.
    if (this.opened.path === MEMORY_PATH) this.#adoptViews(NO_VIEWS, 0)
    takeAll(
      () => this.writer.close(),
      () => this.notes.close(),
      () => this.wakes.close(),
      () => this.opened.region.close(),
      () => this.opened.locks?.slots.release(),
      () => this.opened.locks?.lock.release(),
    )
  }
}

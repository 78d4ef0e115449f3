/** The records of a store as typed arrays over its region: how many there are, and room for more. */
import { MmapForgeError } from '../errors.ts'
import { CAPACITY_OFFSET_BYTES, COUNT_OFFSET_BYTES, HEADER_SIZE_BYTES } from '../format/header.ts'
import { loadShared, storeShared } from '../protocol/seqlock.ts'
import { COUNTER_SIZE_BYTES } from '../schema/layout.ts'
import { WriteNotes } from '../waiting/write-notes.ts'
import { counterWordOf } from '../writers/recovery.ts'
import type { WriteGuard } from '../writers/writer.ts'
import { capacityOf, grownSizeBytes, initialSizeBytes } from './growth.ts'
import { MEMORY_PATH, type Opened } from './opening.ts'
import { MAX_RECORD_COUNT } from './options.ts'
import { NO_RECORD, StoreState } from './store-state.ts'
import { NO_VIEWS, type Views, viewsOf } from './views.ts'

const WORD_BYTES = 4
const COUNT_WORD = COUNT_OFFSET_BYTES / WORD_BYTES
const CAPACITY_WORD = CAPACITY_OFFSET_BYTES / WORD_BYTES

/** Read in place of a record or a patch that is null or undefined: it gives no field, which is refused as any other. */
export const NOTHING = Object.freeze({}) as never

/** Whether `index` is one of `count` records: the check that generated code has inline. */
export function isIndexBelow(index: unknown, count: number): index is number {
  return typeof index === 'number' && index < count && index >>> 0 === index
}

/** Stands for the index of a record that is to be appended; no caller can give it. */
export const APPEND = Symbol('append') as unknown as number

/**
 * The state that accessors read on every call, and what changes it: appends, growth, closing. Members are protected
 * rather than private because generated code reaches them; they are no interface for anybody else.
 */
export abstract class MappedRecords extends StoreState {
  // One integer answers three questions of a read: is the index in bounds, is the record mapped, is the store open.
  protected readLimit = 0
  /** The same for a store of one number; 0 where something stands before it: the store is read-only, or guarded. */
  protected storeLimit = 0
  /** The same for any other write, before which an image of the record may have to be kept. */
  protected writeLimit = 0
  /** The same for any write, once it has passed the guard. */
  protected takeLimit = 0
  /** Records that the mapping holds, whether appended yet or not. */
  protected capacityCount = 0
  /** Records that are written after the last one but not yet counted: those of an `appendMany` under way. */
  protected pendingCount = 0
  // Declared without a value, so that they are set once, when the store is made: what is never changed the compilers take
  // for a constant, and fold the typed arrays' addresses into the accessors. Only an outgrown mapping changes them.
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
  protected readonly guard: WriteGuard | undefined
  readonly #isOneOfMany: boolean
  #isOpenToWrites = false
  #isReplaceable = false
  #isWritable = false
  /** Whether a write of this store was cut short by an exhausted stack, so that a record may be mid-write still. */
  protected isTorn = false
  protected readonly recordSizeBytes: number
  /** Whether writes are to be noted: all of them then pass by the slow paths. */
  protected readonly notes: WriteNotes

  /** Not for direct use: call `create`, `open` or `openOrCreate`. */
  constructor(opened: Opened) {
    super(opened)
    this.guard = opened.guard
    this.#isOneOfMany = opened.guard?.isForAll === true
    this.recordSizeBytes = opened.definition.layout.recordSizeBytes
    this.notes = new WriteNotes(this.wakes, () => this.#adoptMode())
    this.#adoptRegion()
    // A writer may have grown the file since it was mapped: what is counted beyond is followed when it is asked for.
    this.readLimit = Math.min(this.liveCount(), this.capacityCount)
    this.#adoptMode()
  }

  /** The count in the header, which every append of every process raises. */
  protected liveCount(): number {
    return loadShared(this.i32, COUNT_WORD, this.fence) >>> 0
  }

  /** Makes records visible up to and including `index`, after everything that was stored in them. */
  protected publish(index: number): number {
    this.assertNotAppending()
    storeShared(this.i32, COUNT_WORD, index + 1, this.fence)
    this.#adoptCount(index + 1)
    if (this.#isOneOfMany) this.guard?.endAppend()
    try {
      if (this.wakes.isLengthAwaited(index + 1)) this.wakes.wake()
    } catch {
      // The stack is exhausted; the record is appended all the same, and who waits for it looks for it.
    }
    return index
  }

  /**
   * The record after the last, mapped and clean, for an append to fill and publish.
   *
   * @throws before anything is changed
   */
  protected claimNext(): number {
    if (!this.#isOpenToWrites) this.assertWritable()
    if (!this.#isOneOfMany) return this.#nextPlace()
    this.guard?.beginAppend()
    try {
      return this.#nextPlace()
    } catch (error) {
      this.guard?.endAppend()
      throw error
    }
  }

  #nextPlace(): number {
    const count = this.liveCount()
    if (count !== this.readLimit) this.followTo(count)
    const index = count + this.pendingCount
    if (index >= this.capacityCount) this.#grow(index)
    // A writer that died in an append may have left its traces here; nobody has seen the record yet.
    if (this.i32[this.counterOf(index)] !== 0) {
      const start = HEADER_SIZE_BYTES + index * this.recordSizeBytes
      this.u8.fill(0, start + COUNTER_SIZE_BYTES, start + this.recordSizeBytes)
      // The counter last: if this writer dies here, the next one still sees that there is something to clear.
      storeShared(this.i32, this.counterOf(index), 0, this.fence)
    }
    return index
  }

  #grow(index: number): void {
    const { region, path } = this.opened
    if (index >= MAX_RECORD_COUNT) {
      throw new MmapForgeError('ERR_TOO_LARGE', `a store holds at most ${MAX_RECORD_COUNT} records`, { path })
    }
    try {
      region.grow(grownSizeBytes(index + 1, this.recordSizeBytes))
    } catch {
      // Room ahead of need is a convenience: without it, the room that is needed must do.
      region.grow(initialSizeBytes(index + 1, this.recordSizeBytes))
    }
    this.#adoptRegion()
    this.storeCapacity()
  }

  /** Writes the true capacity into the header, where other writers may have left another. */
  protected storeCapacity(): void {
    this.i32[CAPACITY_WORD] = this.capacityCount | 0
    this.i32[CAPACITY_WORD + 1] = Math.floor(this.capacityCount / 2 ** 32)
  }

  /**
   * Looks at the region itself rather than at what `grow` said: that is lost where a caller's deep recursion runs out
   * of stack in between. For the same reason all calls come first, so that it is adopted whole or not at all.
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
  }

  /** One by one: what `Object.assign` sets, the compilers do not take for constant. */
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

  /** Every append passes here, so what the counts depend on is looked up before. */
  #adoptCount(count: number): void {
    this.readLimit = count
    this.takeLimit = this.#isOpenToWrites ? count : 0
    this.writeLimit = this.#isReplaceable ? count : 0
    this.storeLimit = this.#isWritable ? count : 0
  }

  /** Which writes there may be now, and which of them pass the guard. */
  #adoptMode(): void {
    const { guard, modifiedIndex, isClosed } = this
    this.#isOpenToWrites = !isClosed && !this.opened.options.readOnly && modifiedIndex === NO_RECORD
    const isUnnoted = this.#isOpenToWrites && this.notes.isFast
    this.#isReplaceable = isUnnoted && guard === undefined
    this.#isWritable = isUnnoted && guard?.isForAll !== true
    this.#adoptCount(this.readLimit)
  }

  /** Keeps every write of this store out while `modify` asks its caller for a record, and lets them in again. */
  protected barWrites(index: number): void {
    this.modifiedIndex = index
    this.#adoptMode()
  }

  /** Catches up with another process, which has appended and perhaps grown the file. */
  protected followTo(count: number): void {
    const { region, path } = this.opened
    if (count > this.capacityCount) {
      region.follow()
      this.#adoptRegion()
    }
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

  /** Index of a record's counter in `i32`. */
  protected counterOf(index: number): number {
    return counterWordOf(index, this.recordSizeBytes)
  }

  /** Lets go of memory and lock. */
  protected release(): void {
    this.isClosed = true
    this.readLimit = 0
    this.#adoptMode()
    this.capacityCount = 0
    // A mapping holds no memory once it is closed, but the heap does.
    if (this.opened.path === MEMORY_PATH) this.#adoptViews(NO_VIEWS, 0)
    this.guard?.close()
    this.notes.close()
    this.wakes.close()
    this.opened.region.close()
    this.opened.lock?.release()
  }
}

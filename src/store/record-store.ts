/** The base of every store class: the public interface, as far as it does not depend on the fields. */
// Kept in the published types: without it, `Disposable` is unknown to users whose `lib` is older.
/// <reference lib="esnext.disposable" preserve="true" />
import { MmapForgeError, show } from '../errors.ts'
import { type Columns, recordsOf } from './append-many.ts'
import type { StoreDefinition } from './definition.ts'
import { leaveClean } from './leaving.ts'
import { APPEND } from './mapped-records.ts'
import { ModifiableStore } from './modifiable-store.ts'
import { createStore, type Opened, openOrCreateStore, openStore } from './opening.ts'
import type { StoreOptions } from './options.ts'
import { RecordIterator } from './record-iterator.ts'
import type { RecoveredRecord } from './recovery.ts'
import type { ScanOptions, ScanVisitor } from './scan.ts'

/** A store class: what `create`, `open` and `openOrCreate` are called on. */
export interface StoreClass<S> {
  new (opened: Opened): S
  readonly definition: StoreDefinition
}

/**
 * A typed store of records of type `R`, in a memory-mapped file or on the heap. Generated classes, and those that
 * `defineStore` makes, extend it with accessors for each field.
 *
 * An index is an integer from 0 to `length - 1`; any other throws `ERR_OUT_OF_BOUNDS`. After `close()` everything but
 * `path`, `readOnly`, `closed`, `recovered` and `close` itself throws `ERR_CLOSED`. A read throws `ERR_WRITER_STALLED`
 * where the record stays mid-write for longer than `stallTimeoutMs`.
 */
export abstract class RecordStore<R> extends ModifiableStore<R> implements Iterable<R>, Disposable {
  /**
   * Creates a store and opens it.
   *
   * @param path of the file, which must not exist; `:memory:` makes a store on the heap
   * @throws `EEXIST`; {@link MmapForgeError} `ERR_LOCKED`, `ERR_NO_SPACE`, `ERR_TOO_LARGE`
   */
  static create<S>(this: StoreClass<S>, path: string, options?: StoreOptions): S {
    return new this(createStore(this.definition, path, options))
  }

  /**
   * Opens an existing store.
   *
   * @throws `ENOENT`; {@link MmapForgeError} `ERR_LOCKED`, `ERR_SCHEMA_MISMATCH`, `ERR_BAD_MAGIC`,
   * `ERR_UNSUPPORTED_VERSION`, `ERR_CORRUPTED`, `ERR_TOO_LARGE`
   */
  static open<S>(this: StoreClass<S>, path: string, options?: StoreOptions): S {
    return new this(openStore(this.definition, path, options))
  }

  /** Opens a store, or creates it where there is no file; `readOnly` never creates. */
  static openOrCreate<S>(this: StoreClass<S>, path: string, options?: StoreOptions): S {
    return new this(openOrCreateStore(this.definition, path, options))
  }

  /** One consistent snapshot of a record. */
  abstract override get(index: number): R
  /** Replaces a record in one consistent write. */
  abstract set(index: number, record: Readonly<R>): void
  /** Writes some fields of a record in one consistent write; a field that is absent or undefined stays as it is. */
  abstract update(index: number, patch: Readonly<Partial<R>>): void
  /** Appends a record, all zeros where none is given; readers see it once it is whole. Gives its index. */
  abstract append(record?: Readonly<R>): number

  /** As {@link get}, into an object of the caller's, which it gives back: no object is made for the record. */
  abstract getInto<T extends R>(index: number, target: T): T
  /**
   * Calls `visit` with some fields of each record in a range, each record one consistent snapshot: the fastest way to
   * read several fields of many records.
   *
   * @example
   * ticks.scan({ fields: ['price', 'volume'] }, (price, volume, index) => { … })
   */
  abstract scan<const K extends readonly (keyof R)[]>(options: ScanOptions<K>, visit: ScanVisitor<R, K>): void

  /**
   * Appends many records, given one by one or as columns; readers see all of them at once, or none if one is refused.
   *
   * @param records an iterable of records, or an object with an array of values for each field
   * @returns the index of the first
   * @throws as `append`; {@link MmapForgeError} `ERR_REENTRANT` for an append from within the iterable
   */
  appendMany(records: Iterable<Readonly<R>> | Columns<R>): number {
    this.assertWritable()
    this.assertNotAppending()
    let last = -1
    let count = 0
    this.isAppendingMany = true
    try {
      const rows = recordsOf(records, this.opened.definition.layout.fields, this.path)
      // Other writers wait while records are written, so the caller's code comes before.
      for (const row of this.guard?.isForAll === true ? [...rows] : rows) {
        last = this.write(APPEND, row)
        this.pendingCount = ++count
      }
      this.#endAppendMany()
      // The iterable may have closed the store.
      this.assertWritable()
      return count === 0 ? this.length : this.publish(last) - count + 1
    } finally {
      this.#endAppendMany()
      this.guard?.endAppend()
    }
  }

  #endAppendMany(): void {
    this.isAppendingMany = false
    this.pendingCount = 0
  }

  /** Records appended so far, by any process. */
  get length(): number {
    this.assertOpen()
    return this.liveCount()
  }

  /** Records that the file has room for before it has to grow. */
  get capacity(): number {
    this.assertOpen()
    return this.capacityCount
  }

  get path(): string {
    return this.opened.path
  }

  get readOnly(): boolean {
    return this.opened.options.readOnly
  }

  get closed(): boolean {
    return this.isClosed
  }

  /**
   * The records that dead writers left mid-write and this store made whole: when it was opened, and, where there are
   * many writers, since.
   */
  get recovered(): readonly RecoveredRecord[] {
    return Object.freeze([...this.opened.recovered])
  }

  /** Snapshots of the records from `from` up to but not including `to`, in order. Without `to`, follows appends. */
  records(from = 0, to?: number): IterableIterator<R> {
    const range = this.range(from, to)
    return new RecordIterator<R>(this, range.from, to)
  }

  /**
   * Checks a range of records.
   *
   * @throws {MmapForgeError} `ERR_OUT_OF_BOUNDS` unless 0 ≤ `from` ≤ `to` ≤ `length`; `ERR_TYPE_MISMATCH`
   */
  range(from = 0, to: number = this.length): { readonly from: number; readonly to: number } {
    const { length } = this
    assertBoundary(this.path, from, 0, length)
    assertBoundary(this.path, to, from, length)
    return { from, to }
  }

  [Symbol.iterator](): IterableIterator<R> {
    return this.records()
  }

  /** Brings header and records to stable storage, blocking until they are there. */
  sync(): void {
    this.assertOpen()
    if (this.readOnly) return
    this.storeCapacity()
    this.opened.region.sync()
  }

  /** Brings header and records to stable storage without blocking this thread. */
  async flush(): Promise<void> {
    this.assertOpen()
    if (this.readOnly) return
    this.storeCapacity()
    await this.opened.region.flush()
  }

  /**
   * Syncs a writable store, then releases its lock and its memory. Views that were handed out read zeros from here on.
   * Closing twice is fine.
   */
  close(): void {
    if (this.isClosed) return
    try {
      this.guard?.settle(this.i32)
      this.sync()
      if (!this.isTorn) leaveClean(this.opened, this.length)
    } finally {
      this.release()
    }
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

function assertBoundary(path: string, boundary: unknown, min: number, max: number): void {
  if (Number.isInteger(boundary) && (boundary as number) >= min && (boundary as number) <= max) return
  throw new MmapForgeError(
    typeof boundary === 'number' ? 'ERR_OUT_OF_BOUNDS' : 'ERR_TYPE_MISMATCH',
    `a range of records is bounded by integers from ${min} to ${max} here, not by ${show(boundary)}`,
    { path },
  )
}

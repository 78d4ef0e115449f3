/** The base of every store class: the public interface, as far as it does not depend on the fields. */
// Kept in the published types: without it, `Disposable` is unknown to users whose `lib` is older.
/// <reference lib="esnext.disposable" preserve="true" />

import { leaveClean } from '../writers/leave.ts'
import type { RecoveredRecord } from '../writers/recovery.ts'
import { areColumns, type Columns, checkedColumns, copiedRecords } from './append-many.ts'
import { APPEND } from './hot-records.ts'
import { ModifiableStore } from './modify.ts'
import { createStore, type Opened, openOrCreateStore, openStore } from './opening.ts'
import type { StoreOptions } from './options.ts'
import { recordRange } from './ranges.ts'
import { RecordIterator } from './record-iterator.ts'
import { runScan, type ScannableClass, type ScanOptions, type ScanReducer, type ScanVisitor } from './scan.ts'

/** A store class: what `create`, `open` and `openOrCreate` are called on. */
export interface StoreClass<S> extends ScannableClass {
  new (opened: Opened): S
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
  scan<const K extends readonly (keyof R)[]>(options: ScanOptions<K>, visit: ScanVisitor<R, K>): void {
    runScan(this, options, visit)
  }

  /**
   * As {@link scan}, and what is returned for one record is handed on to the next: the fastest way to make one value of
   * many records, above all where it is a number.
   *
   * @example
   * const sum = ticks.reduce({ fields: ['price'] }, (sum, price) => sum + price, 0)
   */
  reduce<const K extends readonly (keyof R)[], A>(
    options: ScanOptions<K>,
    combine: ScanReducer<R, K, A>,
    initial: A,
  ): A {
    return runScan(this, options, combine, { initial }) as A
  }

  /** @internal Writes the record of the values at one index of columns at the next place to append to. */
  protected abstract appendRow(columns: Columns<R>, index: number): number

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
    this.isAppendingMany = true
    // Then other writers wait while records are written, so the caller's code has to come before.
    const isShared = this.guard?.isForAll === true
    try {
      const isColumns = areColumns(records, this.path)
      const last = isColumns ? this.#appendColumns(records, isShared) : this.#appendEach(records, isShared)
      const count = this.pendingCount
      this.#endAppendMany()
      // The iterable may have closed the store.
      this.assertWritable()
      return count === 0 ? this.length : this.publish(last) - count + 1
    } finally {
      this.#endAppendMany()
      this.guard?.endAppend()
    }
  }

  /** @returns the index of the last one */
  #appendEach(given: Iterable<Readonly<R>>, isCopied: boolean): number {
    const records = isCopied ? copiedRecords(given, this.opened.definition.layout.fields) : given
    let last = -1
    for (const record of records) {
      last = this.write(APPEND, record)
      this.pendingCount++
    }
    return last
  }

  #appendColumns(given: Columns<R>, isCopied: boolean): number {
    const { fields } = this.opened.definition.layout
    const { columns, length } = checkedColumns(given, fields, this.path, isCopied)
    let last = -1
    for (let row = 0; row < length; row++) {
      last = this.appendRow(columns, row)
      this.pendingCount++
    }
    return last
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
  records(from?: number, to?: number): IterableIterator<R> {
    return new RecordIterator<R>(this, recordRange(this, from, to).from, to)
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

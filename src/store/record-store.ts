/** The base of every store class: the public interface, as far as it does not depend on the fields. */
// Kept in the published types: without it, `Disposable` is unknown to users whose `lib` is older.
/// <reference lib="esnext.disposable" preserve="true" />

import { COUNTER_WORDS, WORD_BYTES } from '../format/words.ts'
import { takeAll } from '../os/undo.ts'
import { MEMORY_PATH } from '../region/heap-region.ts'
import { Waiting } from '../waiting/waiting.ts'
import type { AppendedOptions, WaitOptions, WatchOptions } from '../waiting/waits.ts'
import { leaveClean } from '../writers/leave.ts'
import type { RecoveredRecord } from '../writers/recovery.ts'
import { areColumns, type Columns, checkedColumns, copiedRecords } from './append-many.ts'
import { modifyRecord } from './modify.ts'
import { type OpenWhenReadyOptions, openStoreWhenReady } from './open-when-ready.ts'
import { createStore, type Opened, openOrCreateStore, openStore } from './opening.ts'
import type { StoreOptions } from './options.ts'
import { RecordIterator, recordRange } from './ranges.ts'
import { runScan, type ScannableClass, type ScanOptions, type ScanReducer, type ScanVisitor } from './scan.ts'
import { StoreBase } from './store-base.ts'

/** Node.js 20 and 22 define the symbol in their main realm only: in a `node:vm` context, and so under Jest, `using` needs this. */
const dispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose')

/** A store class: what `create`, `open`, `openOrCreate` and `openWhenReady` are called on. */
export interface StoreClass<S> extends ScannableClass {
  new (opened: Opened): S
}

/** The static methods that open stores. */
export type OpenerName = 'create' | 'open' | 'openOrCreate' | 'openWhenReady'

/** The type of one of them, on a class whose stores have type `S`. */
export type OpenerOf<K extends OpenerName, S> = (
  this: StoreClass<S>,
  path: string,
  options?: Parameters<(typeof RecordStore)[K]>[1],
) => K extends 'openWhenReady' ? Promise<S> : S

/**
 * The same in a generated class: as in `RecordStore`, with one more signature that names the store. It comes last, since
 * `ReturnType<typeof TickStore.open>` takes the last one.
 */
export type StoreOpener<K extends OpenerName, S> = (typeof RecordStore)[K] & OpenerOf<K, S>

/**
 * A typed store of records of type `R`, in a memory-mapped file or on the heap. Generated classes, and those that
 * `defineStore` makes, extend it with accessors for each field.
 *
 * An index is an integer from 0 to `length - 1`; any other throws `ERR_OUT_OF_BOUNDS`. After `close()` everything but
 * `path`, `readOnly`, `closed`, `recovered`, `toJSON` and `close` itself throws `ERR_CLOSED`. A read throws
 * `ERR_WRITER_STALLED` if the record stays mid-write for longer than `stallTimeoutMs`.
 *
 * A store belongs to its thread: sending it to another one throws a `DataCloneError`. Open it there by its path.
 */
export abstract class RecordStore<R> extends StoreBase implements Iterable<R>, Disposable {
  readonly #waiting: Waiting
  /** A store of one record, into which a shared `modify` copies the record that it has taken. */
  #scratch: RecordStore<R> | undefined

  /** Not for direct use: call `create`, `open`, `openOrCreate` or `openWhenReady`. */
  constructor(opened: Opened) {
    super(opened)
    const records = {
      count: () => {
        this.assertOpen()
        return this.checkedCount()
      },
      counters: (count: number) => {
        if (count > this.readLimit) this.followTo(count)
        return { i32: this.i32, first: this.counterOf(0), stride: this.recordSizeBytes / WORD_BYTES }
      },
      assertInPlace: () => {
        if (!this.isOrphaned) return
        const what =
          'the file was deleted, moved or replaced, so that what is written at this path does not come here; close the store, ' +
          'and open it again'
        throw this.refusal('ERR_REPLACED', what)
      },
    }
    this.#waiting = new Waiting(opened.path, records, this.wakes, this.notes)
  }

  /**
   * Creates a store and opens it.
   *
   * @param path of the file, which must not exist; `:memory:` makes a store on the heap
   * @throws `EEXIST`; {@link MmapForgeError} `ERR_LOCKED`, `ERR_NO_SPACE`, `ERR_TOO_LARGE`; `ERR_BAD_MAGIC`,
   * `ERR_TYPE_MISMATCH` for a file beside it that another program made
   *
   * @example
   * const ticks = TickStore.create('ticks.mmf', { mode: 0o600 }) // for nobody else
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

  /**
   * Opens a store, or creates it if there is no file; `readOnly` never creates.
   *
   * @throws as {@link create} and {@link open}, but not `EEXIST`; `ENOENT` only with `readOnly`, or if the folder is missing
   */
  static openOrCreate<S>(this: StoreClass<S>, path: string, options?: StoreOptions): S {
    return new this(openOrCreateStore(this.definition, path, options))
  }

  /**
   * Opens a store once it exists: waits for a file that does not exist yet, or is still being created, without blocking the
   * thread. As in `open`, `lockTimeoutMs` says how long to wait for another writer that has the store open.
   *
   * @param options those of `open`; `timeoutMs`: how long to wait, for ever by default; `signal`; `ref`: whether it keeps
   *   the process alive, true by default
   * @throws (as a rejection) {@link MmapForgeError} `ERR_TIMEOUT`; the reason of `signal`; at once the errors of `open`, for a
   *   file that can never be a store of this schema
   *
   * @example
   * const ticks = await TickStore.openWhenReady('ticks.mmf', { readOnly: true, timeoutMs: 10_000 })
   */
  static async openWhenReady<S>(
    this: StoreClass<S>,
    path: string,
    options?: OpenWhenReadyOptions,
  ): Promise<S> {
    return new this(await openStoreWhenReady(this.definition, path, options))
  }

  /** One consistent snapshot of a record. */
  abstract get(index: number): R
  /** Replaces a record in one consistent write. */
  abstract set(index: number, record: Readonly<R>): void
  /** Writes some fields of a record in one consistent write; a field that is absent or undefined stays as it is. */
  abstract update(index: number, patch: Readonly<Partial<R>>): void
  /** Appends a record, all zeros if none is given; readers see it once it is whole. Returns its index. */
  abstract append(record?: Readonly<R>): number

  /** As {@link get}, but fills and returns an object of the caller's: none is made for the record. */
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
   * As {@link scan}, but what `combine` returns for one record is passed on to the next: the fastest way to make one value of
   * many records, above all if it is a number.
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

  /** @internal Writes a record after the last one, without publishing it; returns its index. */
  protected abstract writeNext(record: Readonly<R>): number
  /** @internal The same for the record that the columns hold at `index`. */
  protected abstract appendRow(columns: Columns<R>, index: number): number

  /**
   * Appends many records, given one by one or as columns; readers see all of them at once, or none if one is refused.
   *
   * @param records an iterable of records, or an object with an array of values for each field
   * @returns the index of the first, or `length` if there is none
   * @throws as `append`; {@link MmapForgeError} `ERR_REENTRANT` for an append from within the iterable
   */
  appendMany(records: Iterable<Readonly<R>> | Columns<R>): number {
    this.assertWritable()
    this.assertNotAppending()
    // Other writers wait while a shared store writes records, so all of the caller's code has to run before.
    const { isShared } = this
    try {
      this.isAppendingMany = true
      this.adoptCapacity()
      const isColumns = areColumns(records, this.path)
      const last = isColumns ? this.#appendColumns(records, isShared) : this.#appendEach(records, isShared)
      const count = this.pendingCount
      this.isAppendingMany = false
      // The iterable may have closed the store.
      this.assertWritable()
      return count === 0 ? this.length : this.publish(last) - count + 1
    } finally {
      // Assignments first: an exhausted stack refuses calls.
      this.isAppendingMany = false
      this.pendingCount = 0
      this.adoptCapacity()
      this.writer.releaseAppend()
    }
  }

  /** @returns the index of the last one */
  #appendEach(given: Iterable<Readonly<R>>, isCopied: boolean): number {
    const records = isCopied ? copiedRecords(given, this.opened.definition.layout.fields) : given
    let last = -1
    for (const record of records) {
      last = this.writeNext(record)
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

  /**
   * Atomically replaces a record by what a function makes of it. Among many writers, other writers of the record and its
   * readers wait meanwhile.
   *
   * @param change returns the new record, which may be the object that it was given, changed. Synchronous. It must not write
   *   to this store, nor, among many writers, read this record from it
   * @returns the new record; if `change` throws, or returns what does not fit, nothing has changed
   * @throws {MmapForgeError} `ERR_REENTRANT` for what `change` must not do
   *
   * @example
   * accounts.modify(i, (account) => ({ ...account, balance: account.balance - 5, debits: account.debits + 1 }))
   */
  modify<T extends Readonly<R>>(index: number, change: (record: R) => T): T {
    const taken = this.takenIndex
    try {
      return modifyRecord<R, T>(
        {
          path: this.path,
          fields: this.opened.definition.layout.fields,
          assertTakeable: (at) => this.assertTakeable(at),
          begin: (at) => this.#beginModify(at),
          barringWrites: (at, run) => this.barringWrites(at, run),
          write: (at, record) => this.set(at, record),
          abandon: (at) => this.cancelWrite(at),
        },
        index,
        change,
      )
    } finally {
      // An assignment, not a call, which an exhausted stack would refuse: a stale index would let a write skip the taking.
      this.takenIndex = taken
    }
  }

  /** Takes a record for a `modify`, and returns what it holds. */
  #beginModify(index: number): R {
    this.assertTakeable(index)
    if (!this.isShared) return this.get(index)
    // Readers wait for a record that is taken, and so would this store: it reads a copy.
    this.#scratch ??= this.#makeScratch()
    const scratch = this.#scratch
    this.claim(index)
    try {
      const from = this.counterOf(index)
      const words = this.i32.subarray(from + COUNTER_WORDS, from + this.recordSizeBytes / WORD_BYTES)
      scratch.i32.set(words, scratch.counterOf(0) + COUNTER_WORDS)
      const record = scratch.get(0)
      this.takenIndex = index
      return record
    } catch (error) {
      this.cancelWrite(index)
      // Throws the same again, but names the record by its index in this store.
      this.get(index)
      throw error
    }
  }

  #makeScratch(): RecordStore<R> {
    const Store = this.constructor as StoreClass<RecordStore<R>>
    const scratch = new Store(createStore(this.opened.definition, MEMORY_PATH, { capacity: 1 }))
    scratch.publish(scratch.claimNext())
    return scratch
  }

  /** How many records have been appended so far, by any process. */
  get length(): number {
    this.assertOpen()
    return this.checkedCount()
  }

  /** How many records fit before the file has to grow. */
  get capacity(): number {
    this.assertOpen()
    return this.capacityCount
  }

  /** As it was given when the store was opened; `:memory:` for one on the heap. */
  get path(): string {
    return this.opened.path
  }

  /** Whether it was opened with `readOnly`. */
  get readOnly(): boolean {
    return this.opened.options.readOnly
  }

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.isClosed
  }

  /**
   * Whether the path no longer leads to the store's file: it was deleted, moved, or replaced by another, or a folder or a
   * symbolic link on the way to it was. The store works on, for those that have it open; opening the path now finds
   * another one, or none. Always false in memory. It costs two system calls.
   */
  get isOrphaned(): boolean {
    this.assertOpen()
    return this.opened.named?.isOrphaned === true
  }

  /**
   * The records that a writer left mid-write and this store has mended, at opening and since.
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

  /**
   * Waits until the store has `length` records or more, appended by any process. It does not block the thread, and costs next
   * to nothing while it waits.
   *
   * @param length 0 to 2^32 - 1
   * @param options `timeoutMs`: how long to wait, for ever by default; `signal`; `ref`: whether it keeps the process alive, true by default
   * @returns the length at that time
   * @throws (as a rejection) {@link MmapForgeError} `ERR_TIMEOUT`; `ERR_CLOSED` once the store is closed; `ERR_REPLACED` once
   *   {@link isOrphaned it is orphaned}; the reason of `signal`
   */
  async waitForLength(length: number, options?: WaitOptions): Promise<number> {
    return this.#waiting.forLength(length, options)
  }

  /**
   * Yields the index of each record as it is appended, by any process: first of those that exist from `from` on, then of each
   * new one. None is left out, however slow the loop.
   *
   * @param options `from`: the first index, `length` by default; `signal`; `ref`: whether it keeps the process alive, true by default
   * @throws {@link MmapForgeError} `ERR_OUT_OF_BOUNDS` for a `from` beyond `length`; in the loop `ERR_CLOSED` once the store is
   *   closed, `ERR_REPLACED` once {@link isOrphaned it is orphaned}, and the reason of `signal`
   *
   * @example
   * for await (const index of ticks.appended({ signal })) console.log(ticks.get(index))
   */
  appended(options?: AppendedOptions): AsyncGenerator<number, never, undefined> {
    return this.#waiting.appended(options)
  }

  /**
   * Yields the index of each record that changes from now on, or is appended, by any process. A record that changes several
   * times before it is yielded is yielded once; if it changes afterwards, it is yielded again.
   *
   * @param options `signal`; `ref`: whether it keeps the process alive, true by default
   * @throws in the loop {@link MmapForgeError} `ERR_CLOSED` once the store is closed, `ERR_REPLACED` once
   *   {@link isOrphaned it is orphaned}, and the reason of `signal`
   */
  changed(options?: WatchOptions): AsyncGenerator<number, never, undefined> {
    return this.#waiting.changed(options)
  }

  /** The waits of this store, for tests. */
  protected get waiting(): Waiting {
    return this.#waiting
  }

  /**
   * Makes header and records durable; blocks until they are.
   *
   * @throws {MmapForgeError} `ERR_SYNC_FAILED` if the disk did not take all that was stored, and from then on at every call:
   *   only a store that is opened anew can show what was lost
   */
  sync(): void {
    this.assertOpen()
    if (this.readOnly) return
    this.storeCapacity()
    this.opened.region.sync()
  }

  /** As {@link sync}, without blocking this thread. */
  async flush(): Promise<void> {
    this.assertOpen()
    if (this.readOnly) return
    this.storeCapacity()
    await this.opened.region.flush()
  }

  /**
   * Syncs a writable store, then releases its locks and its memory. Views that were handed out read zeros from here on.
   * Idempotent.
   *
   * @throws as {@link sync}; locks and memory are released all the same
   */
  close(): void {
    if (this.isClosed) return
    takeAll(
      () => this.#finish(),
      () => this.release(),
    )
  }

  #finish(): void {
    this.writer.finish(this.i32)
    this.sync()
    this.#leave()
  }

  /** Leaves the clean mark if this is the last writer, unless a write of this store was cut short. */
  #leave(): void {
    const { opened } = this
    const { locks, fd, identity } = opened
    if (this.isTorn || locks === undefined || fd === undefined || identity === undefined) return
    leaveClean({ ...opened, fd, identity }, locks, opened.writer, opened.options.writers === 'one')
  }

  protected override release(): void {
    takeAll(
      () => this.#waiting.close(),
      () => super.release(),
    )
  }

  /** What `console.log` and `JSON.stringify` show: the store, without its typed arrays and its records. */
  toJSON(): { path: string; length: number; capacity: number; readOnly: boolean; closed: boolean } {
    const { path, readOnly, closed } = this
    return { path, length: closed ? 0 : this.length, capacity: this.capacityCount, readOnly, closed }
  }

  /** @internal `TickStore { path: 'ticks.mmf', … }`, for `console.log` on Node.js and Bun. */
  [Symbol.for('nodejs.util.inspect.custom')](
    _depth: number,
    options: object,
    inspect: (value: unknown, options: object) => string,
  ): string {
    return this.#shown((value) => inspect(value, options))
  }

  /** @internal The same on Deno. */
  [Symbol.for('Deno.customInspect')](
    inspect: (value: unknown, options: object) => string,
    options: object,
  ): string {
    return this.#shown((value) => inspect(value, options))
  }

  #shown(inspect: (value: unknown) => string): string {
    return `${this.constructor.name} ${inspect(this.toJSON())}`
  }

  [dispose](): void {
    this.close()
  }
}

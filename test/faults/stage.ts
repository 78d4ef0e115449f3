/** Where one act takes place: a folder with a store in it, and what every writer of that store has been told. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { defineStore, float64, type StoreOptions, str, uint53 } from '../../src/index.ts'
import type { WakeChannel } from '../../src/waiting/wake-channel.ts'
import { openedOf } from '../support/any-store.ts'
import { namesIn, type Resources, resourcesOf } from './resources.ts'

const FIELDS = { id: uint53, text: str(24), price: float64 } as const
export const RowStore = defineStore('Row', { version: 1 }, FIELDS)
/** The same fields in another order. */
export const OtherStore = defineStore(
  'Row',
  { version: 1 },
  { price: FIELDS.price, text: FIELDS.text, id: FIELDS.id },
)
export type Rows = InstanceType<typeof RowStore>
export type Row = ReturnType<Rows['get']>

/** Short, since nobody else is at work; and address space for no more than is needed. */
export const QUICK = { stallTimeoutMs: 4, reserve: 2 ** 16 } as const
export const ALONE: StoreOptions = { ...QUICK, writers: 'one' }

/** The record that stands at an index, in some version of it. */
export function rowAt(index: number, version = 0): Row {
  return { id: index, text: `${index}:${version}`, price: index + version / 8 }
}

export class Stage {
  readonly folder: string
  readonly path: string
  /** What the store holds, as every writer was told. */
  rows: Row[] = []
  /** The store that the act is about. */
  subject: Rows | undefined
  /** The folder, and all else that is held, before the subject was opened. */
  before: Resources | undefined
  /** Other stores on the same file. */
  readonly others: Rows[] = []

  constructor(folder: string) {
    mkdirSync(folder)
    this.folder = folder
    this.path = join(folder, 'store.mmf')
  }

  /** Whether nobody has the store open. */
  get isIdle(): boolean {
    return this.subject === undefined && this.others.length === 0
  }

  /** Whether the lock file says that the last writer left nothing undone. */
  get hasCleanMark(): boolean {
    const path = `${this.path}.lock`
    return existsSync(path) && readFileSync(path, 'latin1').startsWith('clean ')
  }

  /** A closed store with some records. */
  stand(count = 3, options: StoreOptions = ALONE): void {
    const store = RowStore.create(this.path, options)
    for (let i = 0; i < count; i++) this.append(store)
    store.close()
  }

  /** Opens the subject, unless the act is to do that. */
  openSubject(options: StoreOptions): Rows {
    this.before = this.isIdle ? namesIn(this.folder) : resourcesOf(this.folder)
    this.subject = RowStore.open(this.path, options)
    return this.subject
  }

  /** Another store, which has begun to write; opened before the subject, so that it is known what it holds. */
  openOther(options: StoreOptions): Rows {
    const other = RowStore.open(this.path, options)
    this.others.push(other)
    this.append(other)
    return other
  }

  append(store: Rows): void {
    const index = this.rows.length
    const row = rowAt(index)
    store.append(row)
    this.rows.push(row)
  }

  appendMany(store: Rows, count: number): void {
    const from = this.rows.length
    const rows = Array.from({ length: count }, (_, i) => rowAt(from + i))
    store.appendMany(rows)
    this.rows.push(...rows)
  }

  set(store: Rows, index: number, version: number): void {
    const row = rowAt(index, version)
    store.set(index, row)
    this.rows[index] = row
  }

  /** Has a writer be dead in the middle of a write, as the kernel sees it. */
  die(store: Rows, index: number): void {
    const { writer, region, locks, definition } = openedOf(store as never)
    const { wakes } = store as unknown as { wakes: WakeChannel }
    const words = new Int32Array(region.buffer)
    const recordWords = definition.layout.recordSizeBytes / 4
    const counter = 16 + index * recordWords
    writer.take(words, counter, index, 2, recordWords - 2)
    words[counter] = (words[counter] as number) | 1
    words.fill(-1, counter + 2, counter + recordWords - 1)
    writer.close()
    wakes.close()
    region.close()
    locks?.slots.release()
    locks?.lock.release()
  }

  /** Removes the folder. */
  clear(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** What a store has that was not written to it, as text; undefined where it has all that was written, and nothing else. */
export function differenceFrom(rows: readonly Row[], store: Rows): string | undefined {
  const { length } = store
  if (length !== rows.length) return `${length} records, ${rows.length} were written`
  const wrong = rows.findIndex((row, i) => !isDeepStrictEqual(store.get(i), row))
  if (wrong < 0) return undefined
  const [found, written] = [store.get(wrong), rows[wrong]].map((row) => JSON.stringify(row))
  return `${found} at ${wrong}, ${written} was written`
}

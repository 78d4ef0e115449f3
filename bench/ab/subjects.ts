/** An operation on one version of the package, as something that can be measured. */
import { closeSync, fstatSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type * as Package from 'mmapforge'
import type { StoreOptions } from 'mmapforge'
import { COUNT_OFFSET_BYTES, HEADER_SIZE_BYTES } from '../../src/format/header.ts'
import { fresh } from '../measure/fresh-function.ts'
import { loopOver } from '../measure/loops.ts'
import { type Effort, QUICK, type Subject } from '../measure/sample.ts'
import { MEMORY_FOLDER } from '../measure/workbench.ts'
import { type AnyStore, closeAll, filled, listOf } from '../operations/sample-records.ts'
import type { Operation, Shape } from './operations.ts'

const APPENDS = 20_000
const OPENINGS = 5

export type Side = 'base' | 'new'

/** One of the two versions. */
export interface Version {
  readonly side: Side
  readonly types: typeof Package
  /**
   * What ends the names of its classes; each version has another, and all are of one length. An engine keeps what it
   * learnt of a text that it has compiled before, so classes of the same text would be one class to it.
   */
  readonly suffix: string
}

/** What is there for as long as an operation is measured. */
export class Bench {
  readonly #folders: string[] = []
  readonly #stores: AnyStore[] = []

  path(parent: string): string {
    const folder = mkdtempSync(join(parent, 'mmapforge-ab-'))
    this.#folders.push(folder)
    return join(folder, 'store.mmf')
  }

  keep(store: AnyStore): AnyStore {
    this.#stores.push(store)
    return store
  }

  dispose(): void {
    closeAll(...this.#stores)
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true })
  }
}

const inMemory = () => MEMORY_FOLDER ?? tmpdir()

export function subjectOf(operation: Operation, version: Version, bench: Bench): Subject {
  const { work } = operation
  if (work.kind === 'loop') return looping(operation, version, bench)
  if (work.kind === 'opening') return opening(operation, version, bench)
  return work.into === 'touched pages'
    ? appendingAgain(operation, version, bench)
    : appendingAnew(operation, version, bench.path(work.onDisk === true ? tmpdir() : inMemory()))
}

/** What is slow to begin is done less often. */
export function effortOf({ work }: Operation): Effort {
  if (work.kind === 'loop') return { ...QUICK, rounds: 31, samplesPerRound: 3, sampleNs: 300_000 }
  return { ...QUICK, rounds: 21, samplesPerRound: work.kind === 'opening' ? 2 : 3 }
}

interface AnyClass {
  create(path: string, options: StoreOptions): AnyStore
  open(path: string, options: StoreOptions): AnyStore
}

function classOf({ name, fields }: Shape, { types, suffix }: Version): AnyClass {
  return types.defineStore(`${name}${suffix}`, { version: 1 }, fields(types)) as unknown as AnyClass
}

function looping(operation: Operation, version: Version, bench: Bench): Subject {
  const { shapes, count, options, work } = operation
  const stores = shapes.map((shape) => {
    const store = classOf(shape, version).create(bench.path(inMemory()), options)
    return bench.keep(filled(store, shape.record, count))
  })
  if (work.kind !== 'loop') throw new RangeError(`${operation.name} is no loop`)
  return loopOver(version.side, stores, count, work.loop())
}

function opening({ shapes, options, work }: Operation, version: Version, bench: Bench): Subject {
  const [shape] = shapes as [Shape]
  const Store = classOf(shape, version)
  const path = bench.path(inMemory())
  closeAll(filled(Store.create(path, options), shape.record))
  const reopenOptions = { ...options, ...(work.kind === 'opening' && work.reopenOptions) }
  return {
    name: version.side,
    operations: OPENINGS,
    // Each run is a sample: no need to repeat it until the clock's grain doesn't show.
    before: () => undefined,
    run: () => {
      for (let i = 0; i < OPENINGS; i++) closeAll(Store.open(path, reopenOptions))
    },
  }
}

/** Appends to one store, whose file is emptied in between. Only the first run asks the kernel for its pages. */
function appendingAgain({ shapes, options }: Operation, version: Version, bench: Bench): Subject {
  const [shape] = shapes as [Shape]
  const path = bench.path(inMemory())
  const created = classOf(shape, version).create(path, { ...options, capacity: APPENDS })
  const store = bench.keep(created)
  const run = appendLoop(shape)
  return {
    name: version.side,
    operations: APPENDS,
    before: () => empty(path),
    run: () => run(store),
    after: () => {
      if (Number(store['length']) !== APPENDS) throw new RangeError('the appends were to begin at record 0')
    },
  }
}

/** Takes all records out of a file, whoever has it open. */
function empty(path: string): void {
  const fd = openSync(path, 'r+')
  writeSync(fd, Buffer.alloc(8), 0, 8, COUNT_OFFSET_BYTES)
  const sizeBytes = fstatSync(fd).size - HEADER_SIZE_BYTES
  writeSync(fd, Buffer.alloc(sizeBytes), 0, sizeBytes, HEADER_SIZE_BYTES)
  closeSync(fd)
}

/** Appends to a new store each time, which grows from the room that it has by default. */
function appendingAnew({ shapes, options }: Operation, version: Version, path: string): Subject {
  const [shape] = shapes as [Shape]
  const Store = classOf(shape, version)
  const run = appendLoop(shape)
  let store: AnyStore = {}
  return {
    name: version.side,
    operations: APPENDS,
    before: () => {
      store = Store.create(path, options)
    },
    run: () => run(store),
    after: () => {
      closeAll(store)
      const folder = dirname(path)
      for (const name of readdirSync(folder)) rmSync(join(folder, name))
    },
  }
}

function appendLoop({ record }: Shape): (store: AnyStore) => unknown {
  return fresh(
    { records: listOf(1024, record) },
    `return function run(store) { for (let i = 0; i < ${APPENDS}; i++) store.append(records[i & 1023]) }`,
  )
}

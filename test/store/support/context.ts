/** What the parts of the core suite share: the case they run, its stores, and what they expect of them. */
import { readFileSync } from 'node:fs'
import { afterEach, expect } from 'vitest'
import { parseAnnotated } from '../../../src/codegen/annotations/parse.ts'
import type { ErrorCode, MmapForgeError } from '../../../src/errors.ts'
import type { Schema } from '../../../src/schema/schema.ts'
import type { StoreOptions } from '../../../src/store/options.ts'
import {
  type AnyRecord,
  type AnyStore,
  type AnyStoreClass,
  bytesOf,
  type StoreBytes,
} from '../../support/any-store.ts'
import { type ErrorPlace, expectError } from '../../support/expect-error.ts'
import { storedRecord } from '../../support/model.ts'
import { fastPath } from '../../support/temp.ts'

/** One implementation of store classes, on one kind of memory. */
export interface CoreCase {
  readonly name: string
  readonly path: 'file' | ':memory:'
  make(schema: Schema): AnyStoreClass
  /** What every store is opened with, unless the test says otherwise. */
  readonly options?: StoreOptions
}

const annotated = new URL('../../fixtures/annotated.ts', import.meta.url)

const schemas = parseAnnotated(readFileSync(annotated, 'utf8'), 'annotated.ts')

/** A schema of the annotated fixture. */
export function schemaOf(name: string): Schema {
  const schema = schemas.find((each) => each.name === name)
  if (schema === undefined) throw new Error(`annotated.ts has no ${name}`)
  return schema
}

export interface CoreContext extends CoreCase {
  readonly isFile: boolean
  /** Whether every record is taken before it is written. */
  readonly isShared: boolean
  classOf(name: string): AnyStoreClass
  /** A new store, closed after the test. */
  create(name: string, options?: StoreOptions): AnyStore
  /** A new store of these records. */
  createWith(name: string, records: readonly (AnyRecord | undefined)[], options?: StoreOptions): AnyStore
  /** Has any store closed after the test. */
  track(store: AnyStore): AnyStore
}

/**
 * Address space for as much as the tests need: the runtime counts what is reserved as memory in use, and collects garbage
 * for it, which takes long in a process with as much of it as a test runner.
 */
const SMALL: StoreOptions = { reserve: 2 ** 20 }

export function contextOf(core: CoreCase): CoreContext {
  const classes = new Map<string, AnyStoreClass>()
  const opened: AnyStore[] = []
  afterEach(() => {
    for (const store of opened.splice(0)) store.close()
  })
  const classOf = (name: string): AnyStoreClass => {
    const known = classes.get(name) ?? core.make(schemaOf(name))
    classes.set(name, known)
    return known
  }
  const track = (store: AnyStore): AnyStore => {
    opened.push(store)
    return store
  }
  const create = (name: string, options?: StoreOptions): AnyStore =>
    track(
      classOf(name).create(core.path === 'file' ? fastPath() : core.path, {
        ...SMALL,
        ...core.options,
        ...options,
      }),
    )
  const createWith = (
    name: string,
    records: readonly (AnyRecord | undefined)[],
    options?: StoreOptions,
  ): AnyStore => {
    const store = create(name, options)
    for (const record of records) store.append(record)
    return store
  }
  return {
    ...core,
    isFile: core.path === 'file',
    isShared: core.path === 'file' && core.options?.writers === 'many',
    classOf,
    create,
    createWith,
    track,
  }
}

/** Expects an error of ours, and not one byte of region and file changed. */
export function expectRefusal(
  store: AnyStore,
  action: () => unknown,
  code: ErrorCode,
  place: ErrorPlace = {},
): MmapForgeError {
  const before = bytesOf(store)
  const error = expectError(action, code, { path: store.path, ...place })
  expectSameBytes(store, before)
  return error
}

export function expectSameBytes(store: AnyStore, before: StoreBytes): void {
  expectEqualBytes(bytesOf(store), before)
}

export function expectEqualBytes(after: StoreBytes, before: StoreBytes): void {
  expect(after.region.equals(before.region), 'the region changed').toBe(true)
  if (before.file !== undefined) expect(after.file?.equals(before.file), 'the file changed').toBe(true)
}

/** A record of `Full`; `variant` makes it differ from others in every field. */
export function fullRecord(variant = 0): AnyRecord {
  return {
    flag: variant % 2 === 0,
    tiny: -1 - variant,
    octet: 200 + variant,
    small: -300 - variant,
    port: 40_000 + variant,
    count: -70_000 - variant,
    color: 4_000_000_000 + variant,
    big: -(2n ** 60n) - BigInt(variant),
    huge: 2n ** 63n + BigInt(variant),
    safe: -(2 ** 52) - variant,
    total: 2 ** 52 + variant,
    ratio: 0.5 + variant,
    price: 0.1 + variant,
    code: `c${variant}`,
    text: `${'text €'.repeat(4)}${variant}`,
    key: new Uint8Array([1, 2, variant]),
    blob: Uint8Array.from({ length: 100 + variant }, (_, i) => i + variant),
  }
}

/** What a store gives for {@link fullRecord}. */
export function storedFull(variant = 0): AnyRecord {
  return storedRecord(schemaOf('Full'), fullRecord(variant))
}

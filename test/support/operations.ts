/** Random sequences of operations, done to a store and to its model. */
import fc from 'fast-check'
import { expect } from 'vitest'
import { type ExtraAccessor, extraAccessorsOf } from '../../src/schema/field-types.ts'
import type { Schema, SchemaField } from '../../src/schema/schema.ts'
import type { StoreOptions } from '../../src/store/options.ts'
import { valueKindOf } from '../../src/values/kinds.ts'
import { type AnyRecord, type AnyStore, type AnyStoreClass, access } from './any-store.ts'
import { codeOf } from './errors.ts'
import { expectRecord, expectRecords, storedRecord, storedValue, zeroRecord } from './model.ts'
import { patchArbitrary, recordArbitrary } from './values.ts'

/** `at` is taken modulo the number of records. */
export type Operation =
  | { readonly kind: 'append'; readonly record: AnyRecord | undefined }
  | { readonly kind: 'set'; readonly at: number; readonly record: AnyRecord }
  | { readonly kind: 'update'; readonly at: number; readonly patch: AnyRecord }
  | { readonly kind: 'set fields'; readonly at: number; readonly patch: AnyRecord }
  | { readonly kind: 'compare and set fields'; readonly at: number; readonly patch: AnyRecord }
  | { readonly kind: 'add to fields'; readonly at: number; readonly delta: number }
  | { readonly kind: 'modify'; readonly at: number; readonly patch: AnyRecord }
  | { readonly kind: 'append many'; readonly records: readonly AnyRecord[]; readonly isColumns: boolean }
  | { readonly kind: 'read'; readonly at: number }
  | { readonly kind: 'reopen'; readonly options: StoreOptions }

/** Each has a way of its own to take a record. */
export const MODES: readonly StoreOptions[] = [
  { writers: 'one' },
  { writers: 'one', journal: false },
  { writers: 'many' },
  { writers: 'unlocked' },
]

export function operationsArbitrary(schema: Schema): fc.Arbitrary<Operation[]> {
  const at = fc.nat({ max: 1000 })
  const record = recordArbitrary(schema)
  const patch = patchArbitrary(schema)
  const kind = <const K extends Operation['kind']>(name: K) => fc.constant(name)
  const one: fc.Arbitrary<Operation> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: kind('append'), record: fc.option(record, { nil: undefined }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: kind('set'), at, record }) },
    { weight: 2, arbitrary: fc.record({ kind: kind('update'), at, patch }) },
    { weight: 2, arbitrary: fc.record({ kind: kind('set fields'), at, patch }) },
    { weight: 2, arbitrary: fc.record({ kind: kind('compare and set fields'), at, patch }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: kind('add to fields'), at, delta: fc.integer({ min: -9, max: 9 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: kind('modify'), at, patch }) },
    fc.record({
      kind: kind('append many'),
      records: fc.array(record, { maxLength: 4 }),
      isColumns: fc.boolean(),
    }),
    { weight: 2, arbitrary: fc.record({ kind: kind('read'), at }) },
    fc.record({ kind: kind('reopen'), options: fc.constantFrom(...MODES) }),
  )
  return fc.array(one, { maxLength: 30 })
}

/**
 * Does them to a new store, and compares it with the model after every one that reads, and at the end.
 *
 * @param path `:memory:` skips reopening
 */
export function runOperations(
  make: AnyStoreClass,
  schema: Schema,
  operations: readonly Operation[],
  path: string,
  options: StoreOptions = {},
): void {
  const model: AnyRecord[] = []
  let store: AnyStore = make.create(path, { ...options, capacity: 1, reserve: 2 ** 20 })
  try {
    for (const operation of operations) {
      if (operation.kind === 'append') {
        store.append(operation.record)
        model.push(
          operation.record === undefined ? zeroRecord(schema) : storedRecord(schema, operation.record),
        )
      } else if (operation.kind === 'append many') {
        const { records, isColumns } = operation
        const columnOf = ({ property }: SchemaField) => [property, records.map((record) => record[property])]
        const given = isColumns ? Object.fromEntries(schema.fields.map(columnOf)) : records
        expect(store.appendMany(given as readonly AnyRecord[])).toBe(model.length)
        model.push(...records.map((record) => storedRecord(schema, record)))
      } else if (operation.kind === 'reopen') {
        if (path === ':memory:') continue
        store.close()
        store = make.open(path, { ...operation.options, reserve: 2 ** 20 })
        expect(store.recovered).toEqual([])
        expectRecords(store, schema, model)
      } else if (model.length > 0) {
        const index = operation.at % model.length
        model[index] = applied(store, schema, operation, index, model[index] as AnyRecord)
        expectRecord(store, schema, index, model[index])
      }
    }
    expectRecords(store, schema, model)
  } finally {
    store.close()
  }
}

/** @returns the record as it must be afterwards */
function applied(
  store: AnyStore,
  schema: Schema,
  operation: Extract<Operation, { at: number }>,
  index: number,
  before: AnyRecord,
): AnyRecord {
  switch (operation.kind) {
    case 'set':
      store.set(index, operation.record)
      return storedRecord(schema, operation.record)
    case 'update':
      store.update(index, operation.patch)
      return storedRecord(schema, operation.patch, before)
    case 'set fields':
      for (const [property, value] of Object.entries(operation.patch)) {
        if (value !== undefined) access(store, 'set', property, index, value)
      }
      return storedRecord(schema, operation.patch, before)
    case 'compare and set fields':
      return storedRecord(schema, exchanged(store, schema, operation.patch, index, before), before)
    case 'add to fields':
      return storedRecord(schema, added(store, schema, operation.delta, index, before), before)
    case 'modify': {
      const after = storedRecord(schema, operation.patch, before)
      store.modify(index, (record) => {
        expect(record).toEqual(before)
        return after
      })
      return after
    }
    case 'read':
      return before
  }
}

/** The fields that have an accessor beside those to get and to set. */
const fieldsWith = ({ fields }: Schema, kind: ExtraAccessor): readonly SchemaField[] =>
  fields.filter(({ type }) => extraAccessorsOf(type).includes(kind))

/** @returns the fields that have another value now */
function exchanged(
  store: AnyStore,
  schema: Schema,
  patch: AnyRecord,
  index: number,
  before: AnyRecord,
): AnyRecord {
  const after: AnyRecord = {}
  for (const { property } of fieldsWith(schema, 'compareAndSet')) {
    const value = patch[property]
    if (value === undefined) continue
    const held = before[property]
    const exchange = (expected: unknown) => access(store, 'compareAndSet', property, index, expected, value)
    // NaN equals nothing.
    const isEqual = !Number.isNaN(held)
    expect(exchange(held)).toBe(isEqual)
    if (isEqual) after[property] = value
  }
  return after
}

/** @returns the same */
function added(store: AnyStore, schema: Schema, delta: number, index: number, before: AnyRecord): AnyRecord {
  const after: AnyRecord = {}
  for (const field of fieldsWith(schema, 'add')) {
    const { property } = field
    const held = before[property]
    const sum = typeof held === 'bigint' ? held + BigInt(delta) : (held as number) + delta
    const add = () => access(store, 'add', property, index, typeof held === 'bigint' ? BigInt(delta) : delta)
    if (valueKindOf(field).check(field)(sum)) {
      expect(add()).toEqual(storedValue(field, sum))
      after[property] = sum
    } else expect(codeOf(add)).toBe('ERR_VALUE_OUT_OF_RANGE')
  }
  return after
}

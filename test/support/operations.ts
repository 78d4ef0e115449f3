/** Random sequences of operations, done to a store and to its model. */
import fc from 'fast-check'
import type { Schema } from '../../src/schema/schema.ts'
import type { Writers } from '../../src/store/options.ts'
import { type AnyRecord, type AnyStore, type AnyStoreClass, access } from './any-store.ts'
import { expectRecord, expectRecords, storedRecord, zeroRecord } from './model.ts'
import { patchArbitrary, recordArbitrary } from './values.ts'

/** `at` is taken modulo the number of records. */
export type Operation =
  | { readonly kind: 'append'; readonly record: AnyRecord | undefined }
  | { readonly kind: 'set'; readonly at: number; readonly record: AnyRecord }
  | { readonly kind: 'update'; readonly at: number; readonly patch: AnyRecord }
  | { readonly kind: 'set fields'; readonly at: number; readonly patch: AnyRecord }
  | { readonly kind: 'read'; readonly at: number }
  | { readonly kind: 'reopen'; readonly writers: Writers }

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
    { weight: 2, arbitrary: fc.record({ kind: kind('read'), at }) },
    fc.record({ kind: kind('reopen'), writers: fc.constantFrom('one' as const, 'unlocked' as const) }),
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
): void {
  const model: AnyRecord[] = []
  let store: AnyStore = make.create(path, { capacity: 1, reserve: 2 ** 20 })
  try {
    for (const operation of operations) {
      if (operation.kind === 'append') {
        store.append(operation.record)
        model.push(
          operation.record === undefined ? zeroRecord(schema) : storedRecord(schema, operation.record),
        )
      } else if (operation.kind === 'reopen') {
        if (path === ':memory:') continue
        store.close()
        store = make.open(path, { writers: operation.writers })
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
    case 'read':
      return before
  }
}

/** A store in plain JavaScript: what a real one must hold after the same operations. */
import { expect } from 'vitest'
import { fieldTypeOf, isSized } from '../../src/schema/field-types.ts'
import type { Schema, SchemaField } from '../../src/schema/schema.ts'
import { type AnyRecord, type AnyStore, access } from './any-store.ts'

/** What reading a field gives after `value` was stored in it. */
export function storedValue({ type }: Pick<SchemaField, 'type'>, value: unknown): unknown {
  const { codec, view } = fieldTypeOf(type)
  switch (codec) {
    case 'float':
      return view === 'f32' ? Math.fround(value as number) : value
    case 'int':
    case 'safeint':
      // Integers have one zero.
      return (value as number) + 0
    case 'blob':
      return new Uint8Array(value as Uint8Array)
    default:
      return value
  }
}

/** A record as it is read back; fields that `patch` lacks come from `before`. */
export function storedRecord(
  { fields }: Pick<Schema, 'fields'>,
  patch: AnyRecord,
  before: AnyRecord = {},
): AnyRecord {
  return Object.fromEntries(
    fields.map((field) => {
      const value = patch[field.property]
      return [field.property, value === undefined ? before[field.property] : storedValue(field, value)]
    }),
  )
}

/** What an append without a record leaves. */
export function zeroRecord({ fields }: Pick<Schema, 'fields'>): AnyRecord {
  const zeros = { bool: false, int: 0, safeint: 0, bigint: 0n, float: 0, text: '', blob: new Uint8Array() }
  return Object.fromEntries(fields.map(({ property, type }) => [property, zeros[fieldTypeOf(type).codec]]))
}

/** Compares one record by every way there is of reading it. Equality tells -0 from 0, and takes NaN for NaN. */
export function expectRecord(store: AnyStore, { fields }: Schema, index: number, expected: AnyRecord): void {
  const found = store.get(index)
  expect(Object.keys(found)).toEqual(fields.map(({ property }) => property))
  expect(found).toStrictEqual(expected)
  for (const { property, type } of fields) {
    const value = expected[property]
    expect(access(store, 'get', property, index)).toStrictEqual(value)
    if (!isSized(type)) continue
    const bytes = typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array)
    expect(Buffer.compare(access(store, 'view', property, index) as Uint8Array, bytes), property).toBe(0)
  }
}

/** Compares every record, and the ways of going through them. */
export function expectRecords(store: AnyStore, schema: Schema, expected: readonly AnyRecord[]): void {
  expect(store.length).toBe(expected.length)
  expected.forEach((record, index) => {
    expectRecord(store, schema, index, record)
  })
  expect([...store]).toStrictEqual(expected)
}

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
    case 'date':
      return new Date(value as Date)
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
  const zeros = {
    ...{ bool: false, int: 0, safeint: 0, bigint: 0n, float: 0 },
    ...{ date: new Date(0), text: '', blob: new Uint8Array() },
  }
  return Object.fromEntries(
    fields.map(({ property, type, labels }) => [
      property,
      { ...zeros, enum: labels?.[0] }[fieldTypeOf(type).codec],
    ]),
  )
}

/** Compares one record by every way there is of reading it. */
export function expectRecord(store: AnyStore, { fields }: Schema, index: number, expected: AnyRecord): void {
  expectSame(store.get(index), expected, fields)
  for (const { property, type } of fields) {
    const value = expected[property]
    expectEqual(access(store, 'get', property, index), value, property)
    if (!isSized(type)) continue
    const bytes = typeof value === 'string' ? new Uint8Array(Buffer.from(value)) : value
    expectEqual(new Uint8Array(access(store, 'view', property, index) as Uint8Array), bytes, property)
  }
}

/** Compares every record, and the ways of going through them. */
export function expectRecords(store: AnyStore, schema: Schema, expected: readonly AnyRecord[]): void {
  expect(store.length).toBe(expected.length)
  let index = 0
  for (const record of store) {
    const wanted = expected[index] as AnyRecord
    expectSame(record, wanted, schema.fields)
    expectRecord(store, schema, index++, wanted)
  }
  expect(index).toBe(expected.length)
}

function expectSame(found: AnyRecord, expected: AnyRecord, fields: readonly SchemaField[]): void {
  expectEqual(Object.keys(found).join(), fields.map(({ property }) => property).join(), 'the properties')
  for (const { property } of fields) expectEqual(found[property], expected[property], property)
}

/** Equality that tells -0 from 0, and takes NaN for NaN. The runner's own is too slow for so many values. */
function expectEqual(found: unknown, expected: unknown, what: string): void {
  if (Object.is(found, expected) || areEqualBytes(found, expected) || areEqualDates(found, expected)) return
  expect(found, what).toStrictEqual(expected)
  throw new Error(`${what} differs, which the runner does not see`)
}

function areEqualDates(a: unknown, b: unknown): boolean {
  return a instanceof Date && b instanceof Date && Object.is(a.getTime(), b.getTime())
}

function areEqualBytes(a: unknown, b: unknown): boolean {
  if (!(a instanceof Uint8Array && b instanceof Uint8Array)) return false
  return Object.getPrototypeOf(a) === Object.getPrototypeOf(b) && Buffer.compare(a, b) === 0
}

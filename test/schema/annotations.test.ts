/** The values that `defineStore` takes for fields. */
import { describe, expect, it } from 'vitest'
import * as annotations from '../../src/schema/annotations.ts'
import { bool, bytes, type FieldType, float64, named, str, uint64 } from '../../src/schema/annotations.ts'
import { isEnum, isSized } from '../../src/schema/field-types.ts'
import { schemaFromFields } from '../../src/schema/schema.ts'
import { expectError } from '../support/expect-error.ts'
import { ALL_TYPES } from '../support/schemas.ts'

describe('every type is exported under its own name', () => {
  it.each(ALL_TYPES.filter((type) => !isEnum(type)))('%s', (type) => {
    const exported = (annotations as Record<string, unknown>)[type]
    const made = isSized(type) ? (exported as (maxBytes: number) => FieldType)(12) : exported
    expect(made).toEqual({ type, maxBytes: isSized(type) ? 12 : 0 })
    expect(Object.isFrozen(made)).toBe(true)
  })
})

describe('named', () => {
  it('changes the name in the file and nothing else', () => {
    expect(named('ts_ns', uint64)).toEqual({ type: 'uint64', maxBytes: 0, fileName: 'ts_ns' })
    expect(named('sym', str(8))).toEqual({ type: 'str', maxBytes: 8, fileName: 'sym' })
    expect(uint64).toEqual({ type: 'uint64', maxBytes: 0 })
    expect(Object.isFrozen(named('a', bool))).toBe(true)
  })

  it('takes the last name given', () => {
    expect(named('outer', named('inner', bool)).fileName).toBe('outer')
  })

  it.each([undefined, null, 3, {}])('refuses %o', (name) => {
    expectError(() => named(name as unknown as string, bool), 'ERR_TYPE_MISMATCH')
  })
})

describe('a schema from fields', () => {
  it('keeps their order and their names', () => {
    const { fields } = schemaFromFields('Tick', 3, { b: str(8), a: named('c', float64), d: bytes(2) })
    expect(fields).toEqual([
      { property: 'b', name: 'b', type: 'str', maxBytes: 8 },
      { property: 'a', name: 'c', type: 'float64', maxBytes: 0 },
      { property: 'd', name: 'd', type: 'bytes', maxBytes: 2 },
    ])
  })

  it.each([undefined, null, 8, 'float64', str])('refuses %o as a type, naming the field', (value) => {
    const error = expectError(
      () => schemaFromFields('Tick', 1, { a: value as unknown as FieldType }),
      'ERR_INVALID_SCHEMA',
      {
        field: 'a',
      },
    )
    expect(error.message).toContain('a field needs a type such as float64 or str(16), not ')
  })

  it.each([0, -1, 1.5, undefined, '8'])('refuses a size of %o', (size) => {
    expectError(() => schemaFromFields('Tick', 1, { a: str(size as number) }), 'ERR_INVALID_SCHEMA', {
      field: 'a',
    })
    expectError(() => schemaFromFields('Tick', 1, { a: bytes(size as number) }), 'ERR_INVALID_SCHEMA', {
      field: 'a',
    })
  })

  // JavaScript puts the properties of an object that look like array indices first, whatever the order in the source.
  it('refuses numeric names, whose order would not be that of the source', () => {
    expectError(() => schemaFromFields('Tick', 1, { b: bool, 1: bool }), 'ERR_INVALID_SCHEMA', { field: '1' })
  })
})

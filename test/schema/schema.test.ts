/** What makes a schema, and every fault that one can have. */
import { describe, expect, it } from 'vitest'
import type { FieldTypeName } from '../../src/schema/field-types.ts'
import {
  MAX_FIELD_BYTES,
  makeSchema,
  type Schema,
  SchemaFault,
  type SchemaField,
  schemaFaults,
} from '../../src/schema/schema.ts'
import { expectError } from '../support/expect-error.ts'

const field = (property: string, changes: Partial<SchemaField> = {}): SchemaField => ({
  property,
  name: property,
  type: 'bool',
  maxBytes: 0,
  ...changes,
})

const schema = (changes: Partial<Schema>): Schema => ({
  name: 'Tick',
  version: 1,
  fields: [field('on')],
  ...changes,
})

/** The message of a fault; which property it points at is checked. */
function faultOf(draft: Schema, property?: string): string {
  const error = expectError(() => makeSchema(draft), 'ERR_INVALID_SCHEMA')
  expect(error).toBeInstanceOf(SchemaFault)
  expect((error as SchemaFault).property).toBe(property)
  if (property !== undefined) expect(error.message).toContain(`field "${property}": `)
  return error.message
}

const fieldFault = (property: string, changes: Partial<SchemaField>): string =>
  faultOf(schema({ fields: [field('first'), field(property, changes)] }), property)

describe('the name of the record', () => {
  it.each(['', ' ', '9lives', 'a b', 'a-b', 'a.b', 'Tick;', undefined, null, 7, {}, Symbol('x')])(
    '%o is refused',
    (name) => {
      expect(faultOf(schema({ name: name as string }))).toContain(
        "a record's name must be an identifier, not ",
      )
    },
  )

  it.each(['T', 'Tick9', '$', '_x', 'Größe', '価格'])('%s is fine', (name) => {
    expect(makeSchema(schema({ name })).name).toBe(name)
  })
})

describe('the version', () => {
  it.each([-1, 1.5, 2 ** 32, Number.NaN, Infinity, '1', 1n, undefined, null])('%o is refused', (version) => {
    expect(faultOf(schema({ version: version as number }))).toContain(
      'the version must be an integer from 0 to 4294967295, not ',
    )
  })

  it.each([0, 1, 2 ** 32 - 1])('%d is fine', (version) => {
    expect(makeSchema(schema({ version })).version).toBe(version)
  })
})

it('a record without fields is refused', () => {
  expect(faultOf(schema({ fields: [] }))).toBe('Tick has no fields; a record needs at least one')
})

describe('a property', () => {
  it.each(['', 'a b', '1a', 'a-b', 'a\n', "'"])('%j is refused', (property) => {
    expect(fieldFault(property, { name: 'fine' })).toContain('a property must be an identifier, not ')
  })

  // `{}` has most of these: a patch that leaves them out could not be told from one that sets them.
  it.each(['__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', 'seek'])(
    '%s is refused',
    (property) => {
      expect(fieldFault(property, { name: 'fine' })).toContain(
        'has a meaning of its own in JavaScript or on a cursor',
      )
    },
  )

  it('that stands twice is refused', () => {
    expect(fieldFault('first', { name: 'second' })).toContain('the field stands twice in the record')
    expect(fieldFault('first', {})).toContain('the field stands twice in the record')
  })
})

describe('a name in the file', () => {
  it.each(['', ' ', 'a b', 'a\tb', 'a,b', 'a:b', 'a\0', 'a\u2028', '\ud800', '\u200b'])(
    '%j is refused',
    (name) => {
      expect(fieldFault('second', { name })).toContain(
        'the name in the file must be non-empty, without spaces, commas and colons, not ',
      )
    },
  )

  it.each([undefined, null, 5])('%o is refused', (name) => {
    expect(fieldFault('second', { name: name as unknown as string })).toContain(
      'the name in the file must be ',
    )
  })

  it.each(['ts_ns', 'a-b', 'A.B', "it's", '"', '\\', '価格', '😀'])('%s is fine', (name) => {
    expect(makeSchema(schema({ fields: [field('on', { name })] })).fields[0]?.name).toBe(name)
  })

  it('of another field is refused', () => {
    expect(fieldFault('second', { name: 'first' })).toContain(
      'the name in the file "first" is taken by field "first"',
    )
  })
})

describe('accessors that collide', () => {
  it('by the case of the first letter', () => {
    const draft = schema({ fields: [field('price'), field('Price')] })
    expect(faultOf(draft, 'Price')).toContain('the accessor "getPrice" is taken by field "price"')
  })

  it('by a first letter that becomes two', () => {
    const draft = schema({ fields: [field('ßx'), field('SSx')] })
    expect(faultOf(draft, 'SSx')).toContain('the accessor "getSSx" is taken by field "ßx"')
  })

  it('not where only the rest differs', () => {
    expect(makeSchema(schema({ fields: [field('price'), field('pRice')] })).fields).toHaveLength(2)
  })
})

describe('a type', () => {
  it.each(['', 'string', 'number', 'BOOL', 'toString', '__proto__', undefined, null, 8, {}])(
    '%o is refused',
    (type) => {
      expect(fieldFault('second', { type: type as FieldTypeName })).toContain('unknown type ')
    },
  )
})

describe.each(['str', 'bytes'] as const)('the size of %s', (type) => {
  it.each([0, -1, 1.5, Number.NaN, Infinity, MAX_FIELD_BYTES + 1, '8', undefined, null])(
    '%o is refused',
    (maxBytes) => {
      expect(fieldFault('second', { type, maxBytes: maxBytes as number })).toContain(
        `${type} needs a size in bytes from 1 to ${MAX_FIELD_BYTES}, not `,
      )
    },
  )

  it.each([1, MAX_FIELD_BYTES])('%d is fine', (maxBytes) => {
    expect(makeSchema(schema({ fields: [field('on', { type, maxBytes })] })).fields[0]?.maxBytes).toBe(
      maxBytes,
    )
  })
})

it('a schema is a frozen copy, documentation included', () => {
  const draft = schema({ doc: 'Ticks.', fields: [field('on', { doc: 'Whether it is on.' })] })
  const made = makeSchema(draft)
  expect(made).toEqual(draft)
  expect(made).not.toBe(draft)
  expect([made, made.fields, made.fields[0]].every((part) => Object.isFrozen(part))).toBe(true)
})

describe('the faults of a schema', () => {
  it('are one of each field at fault, which takes no name from another', () => {
    const fields = [
      field('price', { name: 'a,b' }),
      field('price'),
      field('price'),
      field('volume', { name: 'price' }),
      field('name', { type: 'nope' as FieldTypeName }),
      field('getPrice'),
      field('name'),
    ]
    const faults = [...schemaFaults(schema({ fields }))]
    expect(faults.map(({ fault, index }) => [index, fault.property])).toEqual([
      ...[0, 2].map((index) => [index, 'price']),
      [3, 'volume'],
      [4, 'name'],
    ])
    expect(() => makeSchema(schema({ fields }))).toThrow(faults[0]?.fault.message)
  })

  it('are one of its own, before any of a field', () => {
    const faults = [...schemaFaults(schema({ name: '1', fields: [field('1')] }))]
    expect(faults).toEqual([{ fault: expect.any(SchemaFault), index: undefined }])
  })
})

/** The field table, held against the format's own table. */
import { describe, expect, it } from 'vitest'
import {
  FIELD_TYPES,
  fieldAlignBytes,
  fieldSizeBytes,
  fieldTypeOf,
  isFieldTypeName,
  isSized,
  TS_TYPES,
} from '../../src/schema/field-types.ts'

describe('a scalar type', () => {
  it.each([
    ['bool', 'bool', 1, undefined, undefined, 'boolean'],
    ['int8', 'int8', 1, -128, 127, 'number'],
    ['uint8', 'uint8', 1, 0, 255, 'number'],
    ['int16', 'int16', 2, -32768, 32767, 'number'],
    ['uint16', 'uint16', 2, 0, 65535, 'number'],
    ['int32', 'int32', 4, -2147483648, 2147483647, 'number'],
    ['uint32', 'uint32', 4, 0, 4294967295, 'number'],
    ['int64', 'int64', 8, -9223372036854775808n, 9223372036854775807n, 'bigint'],
    ['uint64', 'uint64', 8, 0n, 18446744073709551615n, 'bigint'],
    ['int53', 'int64', 8, -9007199254740991, 9007199254740991, 'number'],
    ['uint53', 'uint64', 8, 0, 9007199254740991, 'number'],
    ['float32', 'float32', 4, undefined, undefined, 'number'],
    ['float64', 'float64', 8, undefined, undefined, 'number'],
    ['date', 'int64', 8, undefined, undefined, 'Date'],
    ['enum8', 'uint8', 1, undefined, undefined, 'string'],
    ['enum16', 'uint16', 2, undefined, undefined, 'string'],
  ] as const)(
    '%s is %s, of %d bytes, aligned to its size',
    (name, formatName, sizeBytes, min, max, tsType) => {
      const row = fieldTypeOf(name)
      expect(row.formatName).toBe(formatName)
      expect(fieldSizeBytes(name, 0)).toBe(sizeBytes)
      // The greatest length of the data means nothing to a type that has none.
      expect(fieldSizeBytes(name, 99)).toBe(sizeBytes)
      expect(fieldAlignBytes(name)).toBe(sizeBytes)
      expect(row.min).toBe(min)
      expect(row.max).toBe(max)
      expect(TS_TYPES[row.codec]).toBe(tsType)
      expect(isSized(name)).toBe(false)
    },
  )
})

describe('a sized type', () => {
  it.each([
    ['str', 'string', 'string'],
    ['bytes', 'bytes', 'Uint8Array'],
  ] as const)('%s is a length of 4 bytes, aligned to 4, and the data', (name, formatName, tsType) => {
    expect(fieldTypeOf(name).formatName).toBe(formatName)
    expect(fieldSizeBytes(name, 1)).toBe(5)
    expect(fieldSizeBytes(name, 64)).toBe(68)
    expect(fieldAlignBytes(name)).toBe(4)
    expect(TS_TYPES[fieldTypeOf(name).codec]).toBe(tsType)
    expect(isSized(name)).toBe(true)
  })
})

it('the table holds the 13 types of the format, and those that are one of them in the file', () => {
  expect(Object.keys(FIELD_TYPES).sort()).toEqual(
    [
      ...['bool', 'bytes', 'float32', 'float64', 'int16', 'int32', 'int53', 'int64', 'int8', 'str'],
      ...['uint16', 'uint32', 'uint53', 'uint64', 'uint8', 'date', 'enum8', 'enum16'],
    ].sort(),
  )
  expect(new Set(Object.values(FIELD_TYPES).map(({ formatName }) => formatName)).size).toBe(13)
})

it('only names of the table are field types', () => {
  expect(isFieldTypeName('int8')).toBe(true)
  for (const name of ['', 'string', 'int', 'INT8', 'toString', 'constructor', '__proto__']) {
    expect(isFieldTypeName(name), name).toBe(false)
  }
})

/** Where fields stand in a record. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alignUp } from '../../src/align.ts'
import { bool, bytes, float64, str, uint16 } from '../../src/schema/annotations.ts'
import { fieldAlignBytes, fieldSizeBytes } from '../../src/schema/field-types.ts'
import { layoutOf, MAX_RECORD_SIZE_BYTES } from '../../src/schema/layout.ts'
import { MAX_FIELD_BYTES, makeSchema, schemaFromFields } from '../../src/schema/schema.ts'
import { expectError } from '../support/expect-error.ts'
import { everySchema, marketCapSchema, tickSchema } from '../support/golden.ts'
import { schemaArbitrary } from '../support/schemas.ts'

it('every type stands where the format puts it', () => {
  const { fields, recordSizeBytes } = layoutOf(everySchema)
  expect(fields.map(({ property, offsetBytes, sizeBytes }) => [property, offsetBytes, sizeBytes])).toEqual([
    ['flag', 8, 1],
    ['i8', 9, 1],
    ['u8', 10, 1],
    ['i16', 12, 2],
    ['u16', 14, 2],
    ['i32', 16, 4],
    ['u32', 20, 4],
    ['i64', 24, 8],
    ['u64', 32, 8],
    ['f32', 40, 4],
    ['f64', 48, 8],
    ['name', 56, 17],
    ['blob', 76, 11],
    ['tail', 87, 1],
    ['note', 88, 5],
  ])
  expect(recordSizeBytes).toBe(96)
})

it('the records of the original have their sizes', () => {
  expect(layoutOf(tickSchema).recordSizeBytes).toBe(104)
  expect(layoutOf(marketCapSchema).recordSizeBytes).toBe(48)
})

describe('padding', () => {
  it('follows the order of declaration: it is not optimised away', () => {
    const offsets = layoutOf(
      schemaFromFields('Padded', 1, { a: bool, b: float64, c: bool, d: uint16 }),
    ).fields
    expect(offsets.map(({ offsetBytes }) => offsetBytes)).toEqual([8, 16, 24, 26])
  })

  it('rounds the record up to 8', () => {
    const sizeOf = (maxBytes: number): number =>
      layoutOf(schemaFromFields('Text', 1, { text: str(maxBytes) })).recordSizeBytes
    expect([1, 4, 5, 12, 13].map(sizeOf)).toEqual([16, 16, 24, 24, 32])
    expect(layoutOf(schemaFromFields('Flag', 1, { on: bool })).recordSizeBytes).toBe(16)
    expect(layoutOf(schemaFromFields('Whole', 1, { at: float64 })).recordSizeBytes).toBe(16)
  })
})

it('no two fields overlap, each is aligned, and nothing is wasted', () => {
  fc.assert(
    fc.property(schemaArbitrary(), (schema) => {
      const { fields, recordSizeBytes } = layoutOf(schema)
      let end = 8
      for (const { type, maxBytes, offsetBytes, sizeBytes } of fields) {
        const align = fieldAlignBytes(type)
        expect(offsetBytes % align).toBe(0)
        expect(offsetBytes).toBeGreaterThanOrEqual(end)
        expect(offsetBytes - end).toBeLessThan(align)
        expect(sizeBytes).toBe(fieldSizeBytes(type, maxBytes))
        end = offsetBytes + sizeBytes
      }
      expect(recordSizeBytes % 8).toBe(0)
      expect(recordSizeBytes).toBeGreaterThanOrEqual(end)
      expect(recordSizeBytes - end).toBeLessThan(8)
    }),
  )
})

it('a record over the limit is refused, one at the limit is not', () => {
  const record = (...sizes: number[]) =>
    makeSchema({
      name: 'Large',
      version: 1,
      fields: sizes.map((maxBytes, i) => ({ property: `f${i}`, name: `f${i}`, type: 'bytes', maxBytes })),
    })
  const whole = MAX_FIELD_BYTES
  // Four lengths and the counter take 24 bytes.
  const rest = MAX_RECORD_SIZE_BYTES - 3 * whole - 24
  expect(layoutOf(record(whole, whole, whole, rest)).recordSizeBytes).toBe(MAX_RECORD_SIZE_BYTES)
  const error = expectError(() => layoutOf(record(whole, whole, whole, rest + 1)), 'ERR_INVALID_SCHEMA')
  expect(error.message).toContain(`Large takes ${MAX_RECORD_SIZE_BYTES + 8} bytes`)
})

it('a layout can not be changed', () => {
  const layout = layoutOf(schemaFromFields('Fixed', 1, { data: bytes(3) }))
  expect([layout, layout.fields, layout.fields[0]].every((part) => Object.isFrozen(part))).toBe(true)
})

it.each([
  [0, 8, 0],
  [1, 8, 8],
  [8, 8, 8],
  [9, 4, 12],
  [2 ** 40 + 1, 4096, 2 ** 40 + 4096],
])('alignUp(%d, %d) is %d', (value, align, expected) => {
  expect(alignUp(value, align)).toBe(expected)
})

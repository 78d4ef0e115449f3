/** The hash that ties a file to a schema. */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bool, float32, int53, int64, named, str, uint53, uint64 } from '../../src/schema/annotations.ts'
import { SCHEMA_HASH_BYTES, schemaHash } from '../../src/schema/hash.ts'
import { makeSchema, type Schema, schemaFromFields } from '../../src/schema/schema.ts'
import { everySchema, goldenHashes, marketCapSchema, tickSchema } from '../support/golden.ts'
import { schemaArbitrary } from '../support/schemas.ts'

const hexOf = (schema: Schema): string => Buffer.from(schemaHash(schema)).toString('hex')
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('the hash of the original', () => {
  it.each([
    ['ticks', tickSchema],
    ['every', everySchema],
    ['marketcap', marketCapSchema],
  ] as const)('%s', (name, schema) => {
    expect(hexOf(schema)).toBe(goldenHashes[name])
    expect(schemaHash(schema)).toHaveLength(SCHEMA_HASH_BYTES)
  })
})

it('is that of the sorted descriptors', () => {
  const schema = schemaFromFields('Any', 1, { zeta: bool, alpha: str(10), mid: named('beta', float32) })
  expect(hexOf(schema)).toBe(sha256('alpha:string:14,beta:float32:4,zeta:bool:1'))
})

it('sorts by bytes, as the original does, not by UTF-16 units nor by the rules of a language', () => {
  // U+FFxx sorts before U+1F600 in UTF-8, after its surrogates in UTF-16; capitals come before small letters.
  const schema = schemaFromFields('Any', 1, {
    a: named('😀', bool),
    b: named('ｚ', bool),
    c: named('b', bool),
    d: named('B', bool),
    e: named('a-', bool),
    f: named('a', bool),
  })
  expect(hexOf(schema)).toBe(sha256('B:bool:1,a:bool:1,a-:bool:1,b:bool:1,ｚ:bool:1,😀:bool:1'))
})

it("depends on neither order, nor properties, nor version, nor the record's name", () => {
  fc.assert(
    fc.property(schemaArbitrary(), (schema) => {
      const other = makeSchema({
        name: 'Other',
        version: 77,
        fields: schema.fields.map((field, i) => ({ ...field, property: `p${i}` })).reverse(),
      })
      expect(hexOf(other)).toBe(hexOf(schema))
    }),
  )
})

it('takes safe integers for the 64-bit integers that they are stored as', () => {
  const wide = schemaFromFields('Any', 1, { a: int64, b: uint64 })
  const narrow = schemaFromFields('Any', 1, { a: int53, b: uint53 })
  expect(hexOf(narrow)).toBe(hexOf(wide))
})

it('differs by name, type and size', () => {
  const hashes = [
    { a: str(8) },
    { b: str(8) },
    { a: str(9) },
    { a: named('b', str(9)) },
    { a: bool },
    { a: int64 },
    { a: uint64 },
    { a: str(8), b: str(8) },
  ].map((fields) => hexOf(schemaFromFields('Any', 1, fields)))
  expect(new Set(hashes).size).toBe(hashes.length)
})

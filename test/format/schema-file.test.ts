/** `<path>.schema.json`. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decodeSchemaFile,
  encodeSchemaFile,
  type SchemaFile,
  schemaFileOf,
} from '../../src/format/schema-file.ts'
import { schemaHash } from '../../src/schema/hash.ts'
import { layoutOf } from '../../src/schema/layout.ts'
import type { Schema } from '../../src/schema/schema.ts'
import { expectError } from '../support/expect-error.ts'
import { goldenHashes, marketCapSchema } from '../support/golden.ts'
import { schemaArbitrary } from '../support/schemas.ts'

const make = (schema: Schema): SchemaFile => schemaFileOf(schema, layoutOf(schema), schemaHash(schema))
const valid = make(marketCapSchema)
const path = 'caps.mmf.schema.json'

it('holds schema, layout and versions, by the names in the file', () => {
  expect(valid).toEqual({
    sidecarVersion: 1,
    formatVersion: 1,
    schemaName: 'MarketCap',
    schemaVersion: 1,
    schemaHash: goldenHashes.marketcap,
    recordSizeBytes: 48,
    fields: [
      { name: 'id', type: 'uint64', offsetBytes: 8, sizeBytes: 8 },
      { name: 'price', type: 'float64', offsetBytes: 16, sizeBytes: 8 },
      { name: 'volume', type: 'float64', offsetBytes: 24, sizeBytes: 8 },
      { name: 'market_cap', type: 'float64', offsetBytes: 32, sizeBytes: 8 },
      { name: 'stale', type: 'bool', offsetBytes: 40, sizeBytes: 1 },
    ],
  })
})

it('is text that ends in a new line', () => {
  expect(encodeSchemaFile(valid)).toBe(`${JSON.stringify(valid, null, 2)}\n`)
})

it('survives a round trip', () => {
  fc.assert(
    fc.property(schemaArbitrary(), (schema) => {
      const sidecar = make(schema)
      expect(decodeSchemaFile(encodeSchemaFile(sidecar), path)).toEqual(sidecar)
    }),
  )
})

it('may have more entries than this release knows', () => {
  const extended = { ...valid, writtenBy: 'a later release' }
  expect(decodeSchemaFile(JSON.stringify(extended), path)).toMatchObject(valid)
})

describe('is refused', () => {
  const refusal = (text: string, code: 'ERR_CORRUPTED' | 'ERR_UNSUPPORTED_VERSION' = 'ERR_CORRUPTED') =>
    expectError(() => decodeSchemaFile(text, path), code, { path })

  it.each(['', '{', 'null,', encodeSchemaFile(valid).slice(0, -3), '\0'.repeat(64)])(
    'where it is not JSON: %j',
    (text) => {
      const error = refusal(text)
      expect(error.message).toContain('the schema file is not JSON')
      expect(error.cause).toBeInstanceOf(SyntaxError)
    },
  )

  it.each(['null', '[]', '3', '"text"', 'true', '{}', '{"sidecarVersion":"1"}', '{"sidecarVersion":null}'])(
    'where it is something else: %s',
    (text) => {
      expect(refusal(text).message).toContain('this is not a schema file')
    },
  )

  it.each([0, 2, 1.5])('with version %d', (sidecarVersion) => {
    const error = refusal(JSON.stringify({ ...valid, sidecarVersion }), 'ERR_UNSUPPORTED_VERSION')
    expect(error.message).toContain(`has version ${sidecarVersion}, this release reads 1`)
  })

  const entries = [
    'formatVersion',
    'schemaName',
    'schemaVersion',
    'schemaHash',
    'recordSizeBytes',
    'fields',
  ] as const
  describe.each(entries)('without %s', (entry) => {
    it.each([undefined, null, true, {}])('but %o', (value) => {
      expect(refusal(JSON.stringify({ ...valid, [entry]: value })).message).toContain(
        'lacks some of its entries',
      )
    })
  })

  describe.each(['name', 'type', 'offsetBytes', 'sizeBytes'] as const)('with a field without %s', (entry) => {
    it.each([undefined, null, false])('but %o', (value) => {
      const fields = [valid.fields[0], { ...valid.fields[1], [entry]: value }]
      expect(refusal(JSON.stringify({ ...valid, fields })).message).toContain('lacks some of its entries')
    })
  })

  it.each([null, 'id', 3])('with %o for a field', (field) => {
    expect(refusal(JSON.stringify({ ...valid, fields: [field] })).message).toContain(
      'lacks some of its entries',
    )
  })
})

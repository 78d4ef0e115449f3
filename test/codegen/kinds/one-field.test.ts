/** Stores whose records have one field: a write of the record is then one of the field, and takes the same short ways. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closureStore } from '../../../src/codegen/closures/store.ts'
import { emittedStore } from '../../../src/codegen/compile.ts'
import { defineRecord } from '../../../src/schema/definition.ts'
import { isEnum, isSized } from '../../../src/schema/field-types.ts'
import { makeSchema } from '../../../src/schema/schema.ts'
import { type AnyStoreClass, access } from '../../support/any-store.ts'
import { expectRecord, storedRecord } from '../../support/model.ts'
import { ALL_TYPES } from '../../support/schemas.ts'
import { tempPath } from '../../support/temp.ts'
import { valueArbitrary } from '../../support/values.ts'

const MAKES = { emitted: emittedStore, closures: closureStore } as const

describe.each(ALL_TYPES)('a record of one %s', (type) => {
  const labels = isEnum(type)
    ? { labels: Array.from({ length: type === 'enum8' ? 3 : 300 }, (_, i) => `l${i}`) }
    : {}
  const field = { property: 'only', name: 'only', type, maxBytes: isSized(type) ? 20 : 0, ...labels }
  const schema = makeSchema({ name: 'One', version: 1, fields: [field] })
  // Always the same ones.
  const values = fc.sample(valueArbitrary(field), { seed: 1, numRuns: 20 })

  describe.each(Object.entries(MAKES))('%s', (_, make) => {
    it.each([{}, { journal: false }, { writers: 'many' }] as const)(
      'is written in every way with %j',
      (options) => {
        using store = (make(defineRecord(schema)) as unknown as AnyStoreClass).create(tempPath(), options)
        store.append()
        values.forEach((only, i) => {
          const record = storedRecord(schema, { only })
          const other = values[(i + 1) % values.length]
          for (const write of [
            () => store.set(0, { only }),
            () => store.update(0, { only }),
            () => access(store, 'set', 'only', 0, only),
            () => store.modify(0, () => ({ only })),
          ]) {
            store.set(0, { only: other })
            write()
            expectRecord(store, schema, 0, record)
          }
          expect(store.append({ only })).toBe(i + 1)
          expectRecord(store, schema, i + 1, record)
        })
        expect(store.recovered).toEqual([])
      },
    )
  })
})

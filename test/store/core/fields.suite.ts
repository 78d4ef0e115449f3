/** Core suite: single fields and whole records, there and back. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AnyRecord, access } from '../../support/any-store.ts'
import { expectRecord, storedRecord, storedValue, zeroRecord } from '../../support/model.ts'
import { recordArbitrary } from '../../support/values.ts'
import { type CoreContext, fullRecord, schemaOf } from '../support/context.ts'
import { GOOD_VALUES } from '../support/values.ts'

export function describeFields(core: CoreContext): void {
  const schema = schemaOf('Full')
  const { fields } = schema

  describe.each(fields)('field $property', (field) => {
    const { property } = field
    const values = GOOD_VALUES[property] ?? []

    it('gives back what its setter, set, update and append were given', () => {
      const neighbours = [fullRecord(1), fullRecord(2)]
      const store = core.createWith('Full', [neighbours[0], fullRecord(), neighbours[1]])
      const base = storedRecord(schema, fullRecord())
      expect(values.length).toBeGreaterThan(1)
      for (const value of values) {
        const expected = { ...base, [property]: storedValue(field, value) }
        expect(access(store, 'set', property, 1, value)).toBeUndefined()
        expectRecord(store, schema, 1, expected)
        expect(store.set(1, fullRecord())).toBeUndefined()
        expectRecord(store, schema, 1, base)
        expect(store.update(1, { [property]: value })).toBeUndefined()
        expectRecord(store, schema, 1, expected)
        store.set(1, { ...fullRecord(), [property]: value })
        expectRecord(store, schema, 1, expected)
        const appended = store.append({ ...fullRecord(), [property]: value })
        expectRecord(store, schema, appended, expected)
        store.set(1, fullRecord())
      }
      expectRecord(store, schema, 0, storedRecord(schema, neighbours[0] as AnyRecord))
      expectRecord(store, schema, 2, storedRecord(schema, neighbours[1] as AnyRecord))
    })
  })

  describe('records', () => {
    it('appended without values are zeroed', () => {
      const store = core.createWith('Full', [undefined])
      expectRecord(store, schema, 0, zeroRecord(schema))
    })

    it('are plain objects, new at every get, with the fields in order', () => {
      const store = core.createWith('Full', [fullRecord()])
      const first = store.get(0)
      expect(Object.getPrototypeOf(first)).toBe(Object.prototype)
      expect(Object.keys(first)).toEqual(fields.map(({ property }) => property))
      expect(store.get(0)).not.toBe(first)
      first['price'] = 99
      ;(first['blob'] as Uint8Array).fill(0)
      expectRecord(store, schema, 0, storedRecord(schema, fullRecord()))
    })

    it('may have further properties, which are ignored', () => {
      const store = core.createWith('Full', [{ ...fullRecord(), other: 1 }])
      store.set(0, { ...fullRecord(1), other: 1 })
      expectRecord(store, schema, 0, storedRecord(schema, fullRecord(1)))
    })

    it('may inherit their values', () => {
      const values = fullRecord()
      const prototype = Object.create(null) as object
      for (const { property } of fields)
        Object.defineProperty(prototype, property, { get: () => values[property] })
      const store = core.createWith('Full', [Object.create(prototype) as AnyRecord])
      expectRecord(store, schema, 0, storedRecord(schema, values))
    })

    it('of the smallest schema', () => {
      const store = core.createWith('Flag', [{ on: true }, undefined, { on: false }])
      expect([...store]).toEqual([{ on: true }, { on: false }, { on: false }])
      store.update(1, { on: true })
      expect(access(store, 'get', 'on', 1)).toBe(true)
    })

    it('survive at random', () => {
      const store = core.createWith('Full', [undefined])
      fc.assert(
        fc.property(recordArbitrary(schema), recordArbitrary(schema), (first, second) => {
          store.set(0, first)
          expectRecord(store, schema, 0, storedRecord(schema, first))
          store.update(0, second)
          expectRecord(store, schema, 0, storedRecord(schema, second))
        }),
        { numRuns: 50 },
      )
    })
  })

  describe('update', () => {
    it('changes what the patch gives, and takes undefined for what it lacks', () => {
      const store = core.createWith('Full', [fullRecord()])
      store.update(0, { price: 7, code: 'neu', key: undefined, flag: undefined })
      const expected = storedRecord(schema, { price: 7, code: 'neu' }, storedRecord(schema, fullRecord()))
      expectRecord(store, schema, 0, expected)
    })

    it('of any two fields leaves the others alone', () => {
      const store = core.createWith('Full', [fullRecord()])
      let expected = storedRecord(schema, fullRecord())
      fields.forEach(({ property }, i) => {
        const other = fields[(i + 5) % fields.length]?.property as string
        const values = fullRecord(i + 1)
        const patch = { [property]: values[property], [other]: values[other] }
        store.update(0, patch)
        expected = storedRecord(schema, patch, expected)
        expectRecord(store, schema, 0, expected)
      })
    })

    it('with nothing does nothing', () => {
      const store = core.createWith('Full', [fullRecord()])
      store.update(0, {})
      store.update(0, { price: undefined })
      expectRecord(store, schema, 0, storedRecord(schema, fullRecord()))
    })
  })
}

/** Core suite: values and indices that are refused, and change nothing. */
import { describe, expect, it } from 'vitest'
import { accessorName } from '../../../src/schema/accessor-names.ts'
import { isSized } from '../../../src/schema/field-types.ts'
import { type AnyRecord, type AnyStore, access } from '../../support/any-store.ts'
import { expectRecord, storedRecord } from '../../support/model.ts'
import { type CoreContext, expectRefusal, fullRecord, schemaOf } from '../support/context.ts'
import { BAD_VALUES, MISSING_INDICES, MISTYPED_INDICES } from '../support/values.ts'

export function describeRefusals(core: CoreContext): void {
  const schema = schemaOf('Full')
  const { fields } = schema

  describe.each(fields)('a value that $property does not take', ({ property, type }) => {
    it('is refused by setter, set, update and append, and changes nothing', () => {
      const store = core.createWith('Full', [fullRecord(), fullRecord(1)])
      const refusals = BAD_VALUES[property] ?? []
      expect(refusals.length).toBeGreaterThan(5)
      for (const [value, code] of refusals) {
        const record = { ...fullRecord(5), [property]: value }
        const place = { record: 1, field: property }
        const messages = [
          expectRefusal(store, () => access(store, 'set', property, 1, value), code, place),
          expectRefusal(store, () => store.set(1, record), code, place),
          expectRefusal(store, () => store.update(1, { [property]: value }), code, place),
          expectRefusal(store, () => store.update(1, record), code, place),
          expectRefusal(store, () => store.append(record), code, { field: property }),
        ].map(({ message }) => message.replace('record 1, ', ''))
        expect(new Set(messages).size).toBe(1)
        if (code === 'ERR_VALUE_OUT_OF_RANGE' && type !== 'str') expect(messages[0]).toContain(type)
      }
      expect(store.length).toBe(2)
    })

    it('or is missing is refused by set, append and setter', () => {
      const store = core.createWith('Full', [fullRecord()])
      const record = fullRecord(1)
      delete record[property]
      const code = 'ERR_TYPE_MISMATCH'
      const error = expectRefusal(store, () => store.set(0, record), code, { record: 0, field: property })
      expect(error.message).toContain('give every field of the record')
      expectRefusal(store, () => store.append(record), code, { field: property })
      expectRefusal(store, () => access(store, 'set', property, 0, undefined), code, { field: property })
    })
  })

  describe('what is no record', () => {
    it.each([null, 1, 'record', true, 1n, Symbol('record'), () => fullRecord()])(
      'like %o is refused',
      (value) => {
        const store = core.createWith('Full', [fullRecord()])
        const record = value as unknown as AnyRecord
        for (const action of [
          () => store.set(0, record),
          () => store.update(0, record),
          () => store.append(record),
        ]) {
          const error = expectRefusal(store, action, 'ERR_TYPE_MISMATCH')
          expect(error.message).toContain('a record is an object with its fields, not ')
        }
      },
    )

    it('like undefined is refused where there is no default', () => {
      const store = core.createWith('Full', [fullRecord()])
      expectRefusal(store, () => store.set(0, undefined as unknown as AnyRecord), 'ERR_TYPE_MISMATCH')
      expectRefusal(store, () => store.update(0, undefined as unknown as AnyRecord), 'ERR_TYPE_MISMATCH')
    })
  })

  it('a patch that has only fields of another record is refused', () => {
    const store = core.createWith('Full', [fullRecord()])
    const error = expectRefusal(store, () => store.update(0, { prise: 1 }), 'ERR_TYPE_MISMATCH', {
      record: 0,
    })
    expect(error.message).toContain('there is no field "prise"; the fields are flag, tiny, ')
  })

  /** Every way of naming a record, whatever its index. */
  const accesses = (store: AnyStore): ((index: number) => unknown)[] => [
    (index) => store.get(index),
    (index) => store.set(index, fullRecord(1)),
    (index) => store.update(index, { price: 1 }),
    (index) => store.update(index, {}),
    ...fields.flatMap(({ property, type }) => [
      (index: number) => access(store, 'get', property, index),
      (index: number) => access(store, 'set', property, index, fullRecord(1)[property]),
      ...(isSized(type) ? [(index: number) => access(store, 'view', property, index)] : []),
    ]),
  ]

  describe('an index', () => {
    it.each(MISSING_INDICES)('of %d is out of bounds', (index) => {
      const store = core.createWith('Full', [fullRecord(), fullRecord()])
      for (const action of accesses(store)) {
        const error = expectRefusal(store, () => action(index), 'ERR_OUT_OF_BOUNDS')
        expect(error.message).toContain(`there is no record ${index}; records have indices 0 to 1`)
      }
    })

    it.each(MISTYPED_INDICES.map((index) => [index]))('of %o is no index', (index) => {
      const store = core.createWith('Full', [fullRecord()])
      for (const action of accesses(store)) {
        const error = expectRefusal(store, () => action(index as number), 'ERR_TYPE_MISMATCH')
        expect(error.message).toContain('an index is a number, not ')
      }
    })

    it('is out of bounds from the length on, within the capacity and beyond it', () => {
      const store = core.createWith('Full', [fullRecord(), fullRecord(1)], { capacity: 4 })
      for (const index of [2, 3, 4, 5, 1000, 2 ** 31, 2 ** 32 - 1]) {
        for (const action of accesses(store)) expectRefusal(store, () => action(index), 'ERR_OUT_OF_BOUNDS')
      }
    })

    it('is out of bounds in an empty store, and says so', () => {
      const store = core.create('Full')
      for (const action of accesses(store)) {
        const error = expectRefusal(store, () => action(0), 'ERR_OUT_OF_BOUNDS')
        expect(error.message).toContain('there is no record 0; the store is empty')
      }
    })

    it('may be -0', () => {
      const store = core.createWith('Full', [fullRecord()])
      for (const action of accesses(store)) action(-0)
      store.set(-0, fullRecord(3))
      expectRecord(store, schema, -0, storedRecord(schema, fullRecord(3)))
    })
  })

  it('accessors are methods of the class, named after the fields', () => {
    const store = core.create('Full')
    const prototype = core.classOf('Full').prototype as object
    for (const { property, type } of fields) {
      expect(accessorName('get', property) in prototype).toBe(true)
      expect(accessorName('set', property) in prototype).toBe(true)
      expect(accessorName('view', property) in store).toBe(isSized(type))
    }
  })
}

/** Cursors: the fields of one record after another as properties. */
import { expect, it } from 'vitest'
import { type AnyRecord, type AnyStore, access, bytesOf } from '../support/any-store.ts'
import { expectError } from '../support/expect-error.ts'
import { expectRecord, expectRecords } from '../support/model.ts'
import { expectRefusal, expectSameBytes, fullRecord, schemaOf, storedFull } from './support/context.ts'
import { describeEachStore } from './support/each-store.ts'
import { BAD_VALUES, GOOD_VALUES, MISSING_INDICES, MISTYPED_INDICES } from './support/values.ts'

type Cursor = AnyRecord & { seek(index: unknown): Cursor }

function cursorOf(store: AnyStore): Cursor {
  return (store as unknown as { cursor(): Cursor }).cursor()
}

const schema = schemaOf('Full')
const properties = schema.fields.map(({ property }) => property)

describeEachStore('a cursor', (core) => {
  it('starts at record 0, and gives itself from seek', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    const cursor = cursorOf(store)
    expect(cursor['code']).toBe('c0')
    expect(cursor.seek(1)).toBe(cursor)
    expect(cursor['code']).toBe('c1')
  })

  it('reads every field as the getters do', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)])
    const cursor = cursorOf(store)
    for (const index of [2, 0, 1, 1]) {
      cursor.seek(index)
      for (const property of properties) {
        expect(cursor[property], property).toStrictEqual(storedFull(index)[property])
        expect(cursor[property], property).toStrictEqual(access(store, 'get', property, index))
      }
    }
  })

  it('writes every field as the setters do, and no other', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)])
    const twin = core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)])
    const cursor = cursorOf(store).seek(1)
    for (const property of properties) {
      for (const value of GOOD_VALUES[property] ?? []) {
        cursor[property] = value
        access(twin, 'set', property, 1, value)
        expect(cursor[property]).toStrictEqual(access(twin, 'get', property, 1))
      }
    }
    expectSameBytes(store, { region: bytesOf(twin).region, file: undefined })
  })

  it('refuses what the setters refuse, in the same words', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    const cursor = cursorOf(store).seek(1)
    for (const property of properties) {
      for (const [value, code] of BAD_VALUES[property] ?? []) {
        const write = (): void => {
          cursor[property] = value
        }
        const place = { record: 1, field: property }
        const { message } = expectRefusal(store, write, code, place)
        expect(expectError(() => access(store, 'set', property, 1, value), code).message).toBe(message)
      }
    }
  })

  it('takes any index, and refuses a bad one when a field is used', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    const cursor = cursorOf(store)
    for (const index of [...MISSING_INDICES, ...MISTYPED_INDICES, 2]) {
      const code = typeof index === 'number' ? 'ERR_OUT_OF_BOUNDS' : 'ERR_TYPE_MISMATCH'
      expect(cursor.seek(index)).toBe(cursor)
      for (const property of properties) {
        expectRefusal(store, () => cursor[property], code)
        const write = (): void => {
          cursor[property] = fullRecord(5)[property]
        }
        expectRefusal(store, write, code)
      }
    }
    expect(cursor.seek(1)['code']).toBe('c1')
    expectRecords(store, schema, [storedFull(0), storedFull(1)])
  })

  it('follows appends and growth', () => {
    const store = core.createWith('Full', [fullRecord(0)], { capacity: 1 })
    const cursor = cursorOf(store)
    expect(cursor['code']).toBe('c0')
    for (let i = 1; i < 300; i++) {
      expectError(() => cursor.seek(i)['code'], 'ERR_OUT_OF_BOUNDS')
      store.append(fullRecord(i % 50))
      expect(cursor['code']).toBe(`c${i % 50}`)
      cursor['price'] = i
      expect(store.get(i)['price']).toBe(i)
    }
    expect(cursor.seek(0)['code']).toBe('c0')
  })

  it('is independent of another', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    const [one, other] = [cursorOf(store), cursorOf(store)]
    expect(one).not.toBe(other)
    one.seek(1)
    expect([one['code'], other['code']]).toEqual(['c1', 'c0'])
    // A text that is read while another is about to be written does not take its place.
    one['text'] = other['text']
    other['text'] = 'ö'
    expect(one['text']).toBe(storedFull(0)['text'])
    expect(other['text']).toBe('ö')
  })

  it('ends with the store', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    const cursor = cursorOf(store)
    store.close()
    for (const property of properties) {
      expectError(() => cursor[property], 'ERR_CLOSED', { path: store.path })
      const write = (): void => {
        cursor[property] = fullRecord(0)[property]
      }
      expectError(write, 'ERR_CLOSED', { path: store.path })
    }
    expect(cursor.seek(0)).toBe(cursor)
  })

  it.runIf(core.isFile)('of a store opened with readOnly reads, follows, and writes nothing', () => {
    const writer = core.createWith('Full', [fullRecord(0)], { capacity: 1 })
    const store = core.track(core.classOf('Full').open(writer.path, { readOnly: true }))
    const cursor = cursorOf(store)
    for (let i = 1; i < 100; i++) writer.append(fullRecord(i % 50))
    expect(cursor.seek(99)['code']).toBe('c49')
    for (const property of properties) {
      const write = (): void => {
        cursor[property] = fullRecord(3)[property]
      }
      expectRefusal(store, write, 'ERR_READ_ONLY')
    }
    expectRecord(writer, schema, 99, storedFull(49))
  })

  it('has the fields of a file that names them otherwise', () => {
    const record = { id: 1n, price: 2, volume: 3, marketCap: 4, stale: true }
    const store = core.createWith('MarketCap', [record])
    const cursor = cursorOf(store)
    expect(cursor['marketCap']).toBe(4)
    cursor['marketCap'] = 5
    expect(store.get(0)).toEqual({ ...record, marketCap: 5 })
    expect(cursor['market_cap']).toBeUndefined()
  })

  it('has no fields of its own, but the same names in every implementation', () => {
    const cursor = cursorOf(core.create('Full'))
    // But for what keeps it from being sent to another thread.
    expect(Object.keys(cursor)).toEqual(['not cloneable'])
    const names = Object.getOwnPropertyNames(Object.getPrototypeOf(cursor))
    expect(names.sort()).toEqual(['constructor', 'seek', ...properties].sort())
  })
})

/** Stores defined at run time. */
import { describe, expect, it } from 'vitest'
import { defineStore, type Fields } from '../../src/codegen/define-store.ts'
import { bool, bytes, float64, int64, named, str, uint53, uint64 } from '../../src/schema/annotations.ts'
import { RecordStore } from '../../src/store/record-store.ts'
import { TickStore as GeneratedTickStore } from '../fixtures/annotated.store.ts'
import { expectError } from '../support/expect-error.ts'
import { tempPath } from '../support/temp.ts'

const TickStore = defineStore(
  'Tick',
  { version: 1 },
  { symbol: str(64), price: float64, volume: float64, timestamp: uint64 },
)

describe('a store class', () => {
  it('is named after its record, and extends the base class', () => {
    expect(TickStore).toHaveProperty('name', 'TickStore')
    using store = TickStore.create(':memory:')
    expect(store).toBeInstanceOf(RecordStore)
    expect(store).toBeInstanceOf(TickStore)
  })

  it('knows its schema, its layout and its hash', () => {
    const { schema, layout, hash } = TickStore.definition
    expect(schema).toMatchObject({ name: 'Tick', version: 1 })
    expect(layout.recordSizeBytes).toBe(104)
    expect(hash).toEqual(GeneratedTickStore.definition.hash)
  })

  it('has accessors that are methods', () => {
    using ticks = TickStore.create(':memory:')
    const index = ticks.append({ symbol: 'AAPL', price: 189.5, volume: 52e6, timestamp: 1n })
    ticks.setPrice(index, 190.25)
    expect(ticks.getPrice(index)).toBe(190.25)
    expect(ticks.get(index)).toEqual({ symbol: 'AAPL', price: 190.25, volume: 52e6, timestamp: 1n })
    expect(Buffer.from(ticks.viewSymbol(index)).toString()).toBe('AAPL')
    ticks.update(index, { volume: 1 })
    expect([...ticks]).toEqual([{ symbol: 'AAPL', price: 190.25, volume: 1, timestamp: 1n }])
  })

  it('reads what a generated one wrote, and the other way round', () => {
    const path = tempPath()
    const record = { symbol: 'MSFT', price: 1, volume: 2, timestamp: 3n }
    {
      using written = GeneratedTickStore.create(path)
      written.append(record)
    }
    {
      using defined = TickStore.open(path)
      expect(defined.get(0)).toEqual(record)
      defined.append({ ...record, symbol: 'GOOG' })
    }
    using read = GeneratedTickStore.open(path, { readOnly: true })
    expect(read.getSymbol(1)).toBe('GOOG')
  })

  it('uses the names in the file that it is given', () => {
    const path = tempPath()
    const Named = defineStore('Named', { version: 1 }, { at: named('ts_ns', uint64), on: bool })
    Named.create(path).close()
    const Other = defineStore('Other', { version: 1 }, { ts_ns: uint53, on: bool })
    using store = Other.open(path)
    store.append({ ts_ns: 5, on: true })
    expect(store.getTs_ns(0)).toBe(5)
    const Plain = defineStore('Plain', { version: 1 }, { at: uint64, on: bool })
    const error = expectError(() => Plain.open(path, { readOnly: true }), 'ERR_SCHEMA_MISMATCH', { path })
    expect(error.message).toContain('"at" (uint64) is not in the file, "ts_ns" (uint64) is only in the file')
  })

  it('may have fields whose names mean something in JavaScript', () => {
    const fields = { class: bool, default: int64, get: str(4), arguments: bytes(4), this: float64 }
    const Odd = defineStore('Odd', { version: 1 }, fields)
    using store = Odd.create(':memory:')
    const record = { class: true, default: 1n, get: 'got', arguments: new Uint8Array([1]), this: 0.5 }
    store.append(record)
    store.setThis(0, 1.5)
    expect(store.get(0)).toEqual({ ...record, this: 1.5 })
    expect(store.getClass(0)).toBe(true)
  })

  it('has its fields where they stood when it was defined', () => {
    const fields: Record<string, typeof bool> = { a: bool, b: bool }
    const Fixed = defineStore('Fixed', { version: 1 }, fields)
    delete fields['a']
    using store = Fixed.create(':memory:')
    store.append({ a: true, b: false })
    expect(store.get(0)).toEqual({ a: true, b: false })
  })
})

describe('a definition is refused', () => {
  it.each([undefined, null, 1, 'v1'])('with %o for options', (options) => {
    const define = () => defineStore('Any', options as unknown as { version: number }, { on: bool })
    expect(expectError(define, 'ERR_TYPE_MISMATCH').message).toContain(
      'the options must be an object with a version',
    )
  })

  it.each([undefined, null, 'on', 4])('with %o for fields', (fields) => {
    const define = () => defineStore('Any', { version: 1 }, fields as unknown as Fields)
    expect(expectError(define, 'ERR_TYPE_MISMATCH').message).toContain(
      'the fields must be an object of field types',
    )
  })

  it.each([
    ['without a version', () => defineStore('Any', {} as { version: number }, { on: bool })],
    ['with a name that is none', () => defineStore('any store', { version: 1 }, { on: bool })],
    [
      'with a name that is code',
      () => defineStore('X{}};globalThis.x=1;class Y{', { version: 1 }, { on: bool }),
    ],
    [
      'with an array for options',
      () => defineStore('Any', [] as unknown as { version: number }, { on: bool }),
    ],
    [
      'with an array that has a version',
      () => defineStore('Any', Object.assign([], { version: 1 }), { on: bool }),
    ],
    ['with an array for fields', () => defineStore('Any', { version: 1 }, [bool] as unknown as Fields)],
    ['with an array for a type', () => defineStore('Any', { version: 1 }, { on: [bool] as never })],
    ['with an array like a type', () => defineStore('Any', { version: 1 }, { on: Object.assign([], bool) })],
    [
      'with an array for the name of a type',
      () => defineStore('Any', { version: 1 }, { on: { ...bool, type: ['bool'] as never } }),
    ],
    ['with an array for a size', () => defineStore('Any', { version: 1 }, { on: str([16] as never) })],
    ['with an array for a version', () => defineStore('Any', { version: [1] as never }, { on: bool })],
    ['with the name of the base class', () => defineStore('Record', { version: 1 }, { on: bool })],
    ['without fields', () => defineStore('Any', { version: 1 }, {})],
    ['with a field that is code', () => defineStore('Any', { version: 1 }, { 'a(){},b': bool })],
    ['with accessors that collide', () => defineStore('Any', { version: 1 }, { price: bool, Price: bool })],
    [
      'with a symbol for a name',
      () => defineStore(Symbol('x') as unknown as string, { version: 1 }, { on: bool }),
    ],
    [
      'with two fields of one name in the file',
      () => defineStore('Any', { version: 1 }, { a: bool, b: named('a', bool) }),
    ],
    ['with a size of 0', () => defineStore('Any', { version: 1 }, { a: str(0) })],
  ])('%s', (_, define) => {
    expectError(define, 'ERR_INVALID_SCHEMA')
    expect(globalThis).not.toHaveProperty('x')
  })
})

it('two definitions of one record share nothing but the file', () => {
  const path = tempPath()
  const define = () => defineStore('Pair', { version: 1 }, { name: str(8) })
  const [First, Second] = [define(), define()]
  expect(First).not.toBe(Second)
  {
    using store = First.create(path)
    store.append({ name: 'one' })
  }
  using store = Second.open(path)
  expect(store.getName(0)).toBe('one')
  expect(store).not.toBeInstanceOf(First)
})

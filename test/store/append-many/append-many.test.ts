/** appendMany: the same bytes as one append after another, visible all at once. */
import { describe, expect, it } from 'vitest'
import type { Columns } from '../../../src/store/append-many.ts'
import { type AnyRecord, type AnyStore, bytesOf, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRecords, storedRecord } from '../../support/model.ts'
import { expectRefusal, expectSameBytes, fullRecord, schemaOf } from '../support/context.ts'
import { describeEachStore } from '../support/each-store.ts'

const schema = schemaOf('Full')
const properties = schema.fields.map(({ property }) => property)
const records = (count: number, first = 0): AnyRecord[] =>
  Array.from({ length: count }, (_, i) => fullRecord((first + i) % 50))
const stored = (count: number, first = 0): AnyRecord[] =>
  records(count, first).map((record) => storedRecord(schema, record))

function columnsOf(rows: readonly AnyRecord[]): Columns<AnyRecord> {
  return Object.fromEntries(
    properties.map((name) => [name, rows.map((row) => row[name])]),
  ) as Columns<AnyRecord>
}

/** The header's record count, in the file where there is one. */
function countIn(store: AnyStore): bigint {
  const { region, file } = bytesOf(store)
  return (file ?? region).readBigUInt64LE(48)
}

describeEachStore('appendMany', (core) => {
  const forms: Readonly<Record<string, (rows: AnyRecord[]) => Iterable<AnyRecord> | Columns<AnyRecord>>> = {
    'an array': (rows) => rows,
    'a set': (rows) => new Set(rows),
    'the values of a map': (rows) => new Map(rows.entries()).values(),
    'a generator': function* (rows) {
      yield* rows
    },
    'an iterable that uses one object': function* (rows) {
      const row = {}
      for (const each of rows) yield Object.assign(row, each)
    },
    columns: columnsOf,
    'columns, and one of no field': (rows) => ({ ...columnsOf(rows), comment: [] }),
  }

  it.each(Object.keys(forms))('takes %s, and leaves the bytes that single appends leave', (name) => {
    const form = forms[name] as (typeof forms)[string]
    const store = core.create('Full', { capacity: 2 })
    const twin = core.create('Full', { capacity: 2 })
    expect(store.appendMany(form(records(1)))).toBe(0)
    expect(store.appendMany(form(records(30, 1)))).toBe(1)
    expect(store.append(fullRecord(31))).toBe(31)
    expect(store.appendMany(form(records(5, 32)))).toBe(32)
    for (const record of records(37)) twin.append(record)
    expect(store.length).toBe(37)
    expect(store.capacity).toBe(twin.capacity)
    expectSameBytes(store, { region: bytesOf(twin).region, file: undefined })
    expectRecords(store, schema, stored(37))
  })

  it('takes typed arrays for columns', () => {
    const store = core.create('MarketCap')
    const first = store.appendMany({
      id: new BigUint64Array([1n, 2n ** 64n - 1n]),
      price: new Float64Array([0.1, -0]),
      volume: Uint8Array.of(7, 8),
      marketCap: new Float32Array([0.5, Infinity]),
      stale: [true, false],
    })
    expect(first).toBe(0)
    expect([...store]).toStrictEqual([
      { id: 1n, price: 0.1, volume: 7, marketCap: 0.5, stale: true },
      { id: 2n ** 64n - 1n, price: -0, volume: 8, marketCap: Infinity, stale: false },
    ])
  })

  it.runIf(core.isFile)('gives many writers each record its own', () => {
    const store = core.create('Full', { writers: 'many' })
    for (const name of Object.keys(forms)) {
      const first = store.length
      expect(store.appendMany((forms[name] as (typeof forms)[string])(records(3)))).toBe(first)
      for (const i of [0, 1, 2]) expect(store.get(first + i), name).toStrictEqual(stored(1, i)[0])
    }
  })

  it.runIf(core.isFile)('copies the bytes that an iterable uses for each record of many writers', () => {
    const store = core.create('Full', { writers: 'many' })
    const blob = new Uint8Array(2)
    const rows = function* (): Generator<AnyRecord> {
      for (const byte of [1, 2, 3]) yield { ...fullRecord(0), blob: blob.fill(byte) }
    }
    store.appendMany(rows())
    expect([...store].map((record) => record['blob'])).toEqual(
      [1, 2, 3].map((byte) => Uint8Array.of(byte, byte)),
    )
  })

  it('grows over many pages within one call', () => {
    const store = core.createWith('Full', [fullRecord(0)], { capacity: 1, reserve: 1 })
    const count = 1500
    expect(store.appendMany(records(count, 1))).toBe(1)
    expect(store.length).toBe(count + 1)
    expect(store.capacity).toBeGreaterThan(count)
    let index = 0
    for (const record of store) expect(record['code']).toBe(`c${index++ % 50}`)
    expect(store.get(count)).toStrictEqual(stored(1, count)[0])
    const header = Buffer.from(regionOf(store).slice(0, 64))
    expect(header.readBigUInt64LE(48)).toBe(BigInt(count + 1))
    expect(header.readBigUInt64LE(56)).toBe(BigInt(store.capacity))
  })

  it('of nothing changes nothing, and gives the index that comes next', () => {
    const store = core.createWith('Full', records(3))
    const before = bytesOf(store)
    for (const name of Object.keys(forms)) {
      expect(store.appendMany((forms[name] as (typeof forms)[string])([]))).toBe(3)
    }
    expectSameBytes(store, before)
    expect(store.append(fullRecord(3))).toBe(3)
    expect(core.create('Full').appendMany([])).toBe(0)
  })

  describe.each(['records', 'columns'])('a bad value among %s', (form) => {
    const given = (rows: AnyRecord[]): Iterable<AnyRecord> | Columns<AnyRecord> =>
      form === 'records' ? rows : columnsOf(rows)
    it.each([
      [0, 'octet', 256],
      [1, 'text', '\ud800'],
      [63, 'huge', -1n],
      [99, 'ratio', 1e39],
    ] as const)('at row %i leaves no record, and clean room for the next', (row, field, value) => {
      const store = core.createWith('Full', records(2), { capacity: 64 })
      const rows = records(100, 2)
      rows[row] = { ...rows[row], [field]: value }
      const place = { path: store.path, field }
      expectError(() => store.appendMany(given(rows)), 'ERR_VALUE_OUT_OF_RANGE', place)
      expect(store.length).toBe(2)
      expect(countIn(store)).toBe(2n)
      expectError(() => store.get(2), 'ERR_OUT_OF_BOUNDS')
      // As if it had never been: zeroed records, texts that are shorter, and the counters of a first write.
      const twin = core.createWith('Full', records(2), { capacity: store.capacity })
      const next = [undefined, { ...fullRecord(3), text: '', blob: new Uint8Array() }] as const
      for (const each of [store, twin]) {
        for (const record of next) each.append(record)
        each.appendMany(records(96, 10))
      }
      expect(store.length).toBe(100)
      const [found, expected] = [store, twin].map((each) =>
        Buffer.from(regionOf(each).subarray(64, 64 + 100 * 408)),
      )
      expect(found?.equals(expected as Buffer)).toBe(true)
    })
  })

  it('refuses what is neither records nor columns', () => {
    const store = core.createWith('Full', records(1))
    const appendMany = (given: unknown) => () => store.appendMany(given as AnyRecord[])
    for (const given of [undefined, null, 1, 'records', true, 1n, Symbol('records'), () => []]) {
      const error = expectRefusal(store, appendMany(given), 'ERR_TYPE_MISMATCH')
      expect(error.message).toContain('records come as an iterable, or as an object of columns')
    }
    for (const given of [[undefined], [null], new Map([['code', ['a']]]), [[fullRecord()]]]) {
      expectError(appendMany(given), 'ERR_TYPE_MISMATCH', { path: store.path })
      expect(store.length).toBe(1)
    }
  })

  it('refuses columns of which one is missing, none, or of another length', () => {
    const store = core.createWith('Full', records(1))
    const columns = columnsOf(records(3))
    for (const property of properties) {
      const without = (column?: unknown) => () => {
        const { [property]: _, ...others } = columns
        store.appendMany((column === undefined ? others : { ...others, [property]: column }) as never)
      }
      const place = { field: property }
      for (const column of [undefined, 1, 'abc', null, {}, { length: '3' }]) {
        const error = expectRefusal(store, without(column), 'ERR_TYPE_MISMATCH', place)
        expect(error.message).toContain('a column is an array')
      }
      const short = (columns[property] as unknown[]).slice(1)
      const odd = property === 'flag' ? 'tiny' : property
      const error = expectRefusal(store, without(short), 'ERR_TYPE_MISMATCH', { field: odd })
      expect(error.message).toContain('give as many of each field')
    }
    expectRefusal(store, () => store.appendMany(fullRecord() as never), 'ERR_TYPE_MISMATCH', {
      field: 'flag',
    })
    expectRefusal(store, () => store.appendMany({} as never), 'ERR_TYPE_MISMATCH', { field: 'flag' })
  })

  it('is refused once the store is closed', () => {
    const store = core.createWith('Full', records(1))
    store.close()
    for (const given of [[], records(1), columnsOf(records(1))]) {
      expectError(() => store.appendMany(given), 'ERR_CLOSED', { path: store.path })
    }
  })

  it.runIf(core.isFile)('is refused to a reader, who sees none of the records until all are there', () => {
    const store = core.createWith('Full', records(1), { capacity: 1 })
    const reader = core.track(core.classOf('Full').open(store.path, { readOnly: true }))
    for (const given of [[], records(1)])
      expectRefusal(reader, () => reader.appendMany(given), 'ERR_READ_ONLY')
    const lengths = new Set<number>()
    const watched = function* (): Generator<AnyRecord> {
      for (const record of records(200, 1)) {
        lengths.add(reader.length).add(store.length)
        expectError(() => reader.get(1), 'ERR_OUT_OF_BOUNDS')
        expectError(() => store.get(1), 'ERR_OUT_OF_BOUNDS')
        yield record
      }
    }
    store.appendMany(watched())
    expect([...lengths]).toEqual([1])
    expectRecords(reader, schema, stored(201))
    store.close()
    expectRecords(core.track(core.classOf('Full').open(store.path)), schema, stored(201))
  })
})

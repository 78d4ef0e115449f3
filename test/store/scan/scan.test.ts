/** scan: some fields of a range of records, in the order that was asked for. */
import { describe, expect, it } from 'vitest'
import { type AnyStore, bytesOf, fieldOffsetBytes, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRefusal, expectSameBytes, fullRecord, schemaOf, storedFull } from '../support/context.ts'
import { describeEachStore } from '../support/each-store.ts'

const schema = schemaOf('Full')
const properties = schema.fields.map(({ property }) => property)

interface Range {
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/** What a visitor was called with. */
function scanned(store: AnyStore, fields: readonly string[], range: Range = {}): unknown[][] {
  const rows: unknown[][] = []
  store.scan({ fields, ...range }, (...values: unknown[]) => void rows.push(values))
  return rows
}

describeEachStore('scan', (core) => {
  it.each(properties)('gives %s of every record, and its index', (property) => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)])
    const expected = [0, 1, 2].map((i) => [storedFull(i)[property], i])
    expect(scanned(store, [property])).toStrictEqual(expected)
  })

  it('gives all fields in any order', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    const orders = [properties, properties.toReversed(), ['blob', 'flag', 'text', 'safe', 'code', 'price']]
    for (const fields of orders) {
      const expected = [0, 1].map((i) => [...fields.map((name) => storedFull(i)[name]), i])
      expect(scanned(store, fields)).toStrictEqual(expected)
    }
  })

  it('gives a field as often as it was asked for', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    for (const property of properties) {
      const value = (i: number): unknown => storedFull(i)[property]
      const fields = [property, 'price', property, property]
      expect(scanned(store, fields)).toStrictEqual(
        [0, 1].map((i) => [value(i), storedFull(i)['price'], value(i), value(i), i]),
      )
    }
  })

  it('gives only indices where no field is asked for', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)])
    expect(scanned(store, [])).toEqual([[0], [1], [2]])
    expect(scanned(store, [], { from: 2 })).toEqual([[2]])
  })

  it('gives a range: from, to, both, empty ones', () => {
    const store = core.createWith('Full', [0, 1, 2, 3, 4].map(fullRecord))
    const indices = (range: Range): unknown[] => scanned(store, ['code'], range).map(([, index]) => index)
    expect(indices({ from: 3 })).toEqual([3, 4])
    expect(indices({ to: 2 })).toEqual([0, 1])
    expect(indices({ from: 1, to: 3 })).toEqual([1, 2])
    expect(indices({ from: undefined, to: undefined })).toEqual([0, 1, 2, 3, 4])
    for (const at of [0, 2, 5]) expect(indices({ from: at, to: at })).toEqual([])
    expect(indices({ from: 5 })).toEqual([])
    expect(scanned(core.create('Full'), ['code'])).toEqual([])
  })

  it('refuses a range that is none, and calls nothing', () => {
    const store = core.createWith('Full', [0, 1, 2].map(fullRecord))
    const bad: Range[] = [{ from: 4 }, { to: 4 }, { from: 2, to: 1 }, { from: -1 }, { to: -1 }]
    bad.push({ from: 0.5 }, { to: 1.5 }, { from: Number.NaN }, { to: Infinity }, { from: 2 ** 32 })
    for (const range of bad) {
      const calls: unknown[] = []
      const scan = (): void => store.scan({ fields: ['code'], ...range }, (code) => void calls.push(code))
      expectRefusal(store, scan, 'ERR_OUT_OF_BOUNDS')
      expect(calls).toEqual([])
    }
    for (const odd of ['0', null, 1n, {}, true]) {
      for (const range of [{ from: odd }, { to: odd }]) {
        const scan = (): unknown => scanned(store, ['code'], range as unknown as Range)
        expectRefusal(store, scan, 'ERR_TYPE_MISMATCH')
      }
    }
  })

  it('refuses fields, options and visitors that are none', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    const scan = store.scan.bind(store) as (...given: unknown[]) => void
    const visit = (): void => undefined
    for (const options of [
      undefined,
      null,
      1,
      'code',
      ['code'],
      {},
      { fields: 'code' },
      { fields: { 0: 'code' } },
    ]) {
      const error = expectRefusal(store, () => scan(options, visit), 'ERR_TYPE_MISMATCH')
      expect(error.message).toContain('a scan needs { fields: [names] }')
    }
    for (const name of [
      'prise',
      '',
      'free-text',
      'toString',
      '__proto__',
      0,
      null,
      undefined,
      Symbol('code'),
      {},
    ]) {
      const error = expectRefusal(store, () => scan({ fields: ['code', name] }, visit), 'ERR_TYPE_MISMATCH')
      expect(error.message).toContain('there is no field ')
      expect(error.message).toContain('the fields are flag, tiny, ')
    }
    const error = expectRefusal(store, () => scan({ fields: ['code'], form: 1 }, visit), 'ERR_TYPE_MISMATCH')
    expect(error.message).toContain('there is no option "form"')
    for (const visitor of [undefined, null, {}, 'visit', 1]) {
      const error = expectRefusal(store, () => scan({ fields: ['code'] }, visitor), 'ERR_TYPE_MISMATCH')
      expect(error.message).toContain('a scan calls a function')
    }
  })

  it('refuses a record that holds no value, after those before it, and only where its field is asked for', () => {
    const store = core.createWith('Full', [0, 1, 2].map(fullRecord))
    regionOf(store)[fieldOffsetBytes(store, 1, 'flag')] = 2
    regionOf(store)[fieldOffsetBytes(store, 2, 'text') + 4] = 0xff
    const rows: unknown[][] = []
    const visit = (...values: unknown[]): void => void rows.push(values)
    const place = { path: store.path, record: 1, field: 'flag' }
    expectError(() => store.scan({ fields: ['price', 'flag'] }, visit), 'ERR_INVALID_BOOL', place)
    expect(rows).toEqual([[0.1, true, 0]])
    expectError(() => scanned(store, ['text']), 'ERR_CORRUPTED', { record: 2, field: 'text' })
    expect(scanned(store, ['code'])).toEqual([
      ['c0', 0],
      ['c1', 1],
      ['c2', 2],
    ])
    expect(scanned(store, [])).toHaveLength(3)
  })

  it('changes nothing, and gives nothing', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    const before = bytesOf(store)
    expect(store.scan({ fields: properties }, () => 'ignored')).toBeUndefined()
    expectSameBytes(store, before)
  })

  it('is refused once the store is closed', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    store.close()
    for (const range of [{}, { from: 0, to: 0 }, { from: 0, to: 1 }]) {
      expectError(() => scanned(store, ['code'], range), 'ERR_CLOSED', { path: store.path })
    }
  })

  it.runIf(core.isFile)('of a reader follows what was appended, and the growth', () => {
    const writer = core.createWith('Full', [fullRecord(0)], { capacity: 1 })
    const reader = core.track(core.classOf('Full').open(writer.path, { readOnly: true }))
    expect(scanned(reader, ['code'])).toEqual([['c0', 0]])
    for (let i = 1; i < 300; i++) writer.append(fullRecord(i % 50))
    expect(scanned(reader, ['code'])).toEqual(Array.from({ length: 300 }, (_, i) => [`c${i % 50}`, i]))
  })
})

describe('scans of two classes', () => {
  describeEachStore('with fields of the same names', (core) => {
    it('do not take each other for theirs', () => {
      const ticks = core.createWith('Tick', [{ symbol: 'A', price: 1, volume: 2, timestamp: 3n }])
      const caps = core.createWith('MarketCap', [{ id: 1n, price: 4, volume: 5, marketCap: 6, stale: true }])
      expect(scanned(ticks, ['price', 'volume'])).toEqual([[1, 2, 0]])
      expect(scanned(caps, ['price', 'volume'])).toEqual([[4, 5, 0]])
      expect(scanned(ticks, ['volume', 'price'])).toEqual([[2, 1, 0]])
    })
  })
})

/** Appends of many writers in one process, and code of the caller's in the middle of them. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { bytes, defineStore, uint32 } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { APPENDER_OFFSET_BYTES, JOURNAL_SUFFIX } from '../../../src/format/journal.ts'
import { TickStore, tickAt } from '../../processes/stores.ts'
import { codeOf, errorOf } from '../../support/errors.ts'
import { expectError } from '../../support/expect-error.ts'
import { tempPath } from '../../support/temp.ts'
import { TICK } from '../../support/tick-files.ts'
import { MANY, newStore, type Ticks } from './support.ts'

const BlobStore = defineStore('Blob', { version: 1 }, { id: uint32, key: bytes(4) })

const columnsOf = (from: number, to: number) => {
  const rows = Array.from({ length: to - from }, (_, i) => tickAt(from + i))
  return {
    symbol: rows.map(({ symbol }) => symbol),
    price: rows.map(({ price }) => price),
    volume: rows.map(({ volume }) => volume),
    timestamp: rows.map(({ timestamp }) => timestamp),
  }
}

describe('appends of several writers', () => {
  it('come one after the other, growth included, and each sees them all', () => {
    const path = newStore(0)
    const writers = Array.from({ length: 3 }, () => TickStore.open(path, MANY))
    using reader = TickStore.open(path, { readOnly: true })
    let length = 0
    for (let round = 0; round < 60; round++) {
      const [a, b, c] = writers as [Ticks, Ticks, Ticks]
      expect(a.append(tickAt(length))).toBe(length++)
      expect(b.appendMany([tickAt(length), tickAt(length + 1)])).toBe(length)
      expect(c.appendMany(columnsOf(length + 2, length + 5))).toBe(length + 2)
      length += 5
      for (const store of [...writers, reader]) expect(store.length).toBe(length)
      expect(a.appendMany([])).toBe(length)
    }
    const all = Array.from({ length }, (_, i) => tickAt(i))
    for (const store of [...writers, reader]) expect([...store]).toEqual(all)
    expect(new Set(writers.map(({ capacity }) => capacity)).size).toBe(1)
    for (const store of writers) store.close()
  })

  it('of one object for all records, or one array for all bytes, are as many records', () => {
    const path = tempPath()
    using store = BlobStore.create(path, MANY)
    const row = { id: 0, key: new Uint8Array(4) }
    const rows = function* () {
      for (row.id = 1; row.id <= 3; row.id++) yield Object.assign(row, { key: row.key.fill(row.id) })
    }
    expect(store.appendMany(rows())).toBe(0)
    expect([...store]).toEqual([1, 2, 3].map((id) => ({ id, key: new Uint8Array(4).fill(id) })))
  })
})

describe('a writer that died while it appended', () => {
  it("holds nobody up once its slot is another writer's, who need not append", () => {
    const path = newStore(0)
    using first = TickStore.open(path, MANY)
    // The mark of the second slot, as its owner leaves it that is killed in the middle of an append.
    const fd = openSync(path + JOURNAL_SUFFIX, 'r+')
    writeSync(fd, new Uint8Array(Int32Array.of(2).buffer), 0, 4, APPENDER_OFFSET_BYTES)
    closeSync(fd)
    using second = TickStore.open(path, MANY)
    expect(first.append(TICK)).toBe(0)
    expect(second.append(TICK)).toBe(1)
  })
})

describe('bytes in an appendMany', () => {
  it.each<[string, () => Uint8Array, number[]]>([
    [
      'of a subclass that lies about itself',
      () => {
        class Liar extends Uint8Array {
          override get length(): number {
            return 1_000_000
          }
          override slice(): never {
            throw new Error('not for you')
          }
          static get [Symbol.species](): never {
            throw new Error('not for you')
          }
        }
        const liar = new Liar(new ArrayBuffer(3))
        liar[1] = 5
        return liar
      },
      [0, 5, 0],
    ],
    [
      'whose memory is gone',
      () => {
        const detached = new Uint8Array([1, 2])
        structuredClone(detached.buffer, { transfer: [detached.buffer] })
        return detached
      },
      [],
    ],
    ['of shared memory', () => new Uint8Array(new SharedArrayBuffer(2)).fill(3), [3, 3]],
  ])('%s are taken as append takes them', (_, key, expected) => {
    using store = BlobStore.create(tempPath(), MANY)
    store.append({ id: 0, key: key() })
    store.appendMany([{ id: 0, key: key() }])
    store.appendMany({ id: [0], key: [key()] })
    const record = { id: 0, key: Uint8Array.from(expected) }
    expect([...store]).toEqual([record, record, record])
  })

  it.each([
    ['too long', new Uint8Array(5), 'ERR_BYTES_TOO_LONG'],
    ['a revoked proxy', revoked(), 'ERR_TYPE_MISMATCH'],
    ['none', [1, 2], 'ERR_TYPE_MISMATCH'],
  ])('that are %s are refused as append refuses them', (_, key, code) => {
    using store = BlobStore.create(tempPath(), MANY)
    const record = { id: 0, key: key as Uint8Array }
    expect(codeOf(() => store.append(record))).toBe(code)
    expect(codeOf(() => store.appendMany([record]))).toBe(code)
    expect(store.length).toBe(0)
  })
})

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

describe('an appendMany', () => {
  it('does not keep others waiting while it asks for its records', () => {
    const path = newStore(0)
    using store = TickStore.open(path, MANY)
    using other = TickStore.open(path, { ...MANY, stallTimeoutMs: 0 })
    const rows = function* () {
      for (let i = 0; i < 70; i++) {
        expect(other.append(TICK)).toBe(i)
        const record = tickAt(i)
        yield {
          ...record,
          get price() {
            other.setPrice(i, i)
            return record.price
          },
        }
      }
    }
    expect(store.appendMany(rows())).toBe(70)
    expect([...other.records(70)]).toEqual(Array.from({ length: 70 }, (_, i) => tickAt(i)))
    expect(other.getPrice(69)).toBe(69)
  })

  it.each<[string, unknown, string]>([
    ['a bad record', { ...TICK, price: '1' }, 'ERR_TYPE_MISMATCH'],
    ['a record without a field', { symbol: 'a' }, 'ERR_TYPE_MISMATCH'],
    ['no record', null, 'ERR_TYPE_MISMATCH'],
    ['a text that is too long', { ...TICK, symbol: 'x'.repeat(65) }, 'ERR_STRING_TOO_LONG'],
  ])('of %s among others adds none, and lets the others append', (_, bad, code) => {
    const path = newStore(1)
    using store = TickStore.open(path, MANY)
    using other = TickStore.open(path, { ...MANY, stallTimeoutMs: 0 })
    const rows = [...Array.from({ length: 100 }, (_, i) => tickAt(i)), bad as typeof TICK, TICK]
    expect(codeOf(() => store.appendMany(rows))).toBe(code)
    expect(store.length).toBe(1)
    // What was written behind the last record is gone.
    expect(other.append()).toBe(1)
    expect(other.get(1)).toEqual({ symbol: '', price: 0, volume: 0, timestamp: 0n })
    expect(store.append(TICK)).toBe(2)
  })

  it('whose iterable throws, appends, or closes the store adds none, and lets the others append', () => {
    const path = newStore(1)
    using other = TickStore.open(path, { ...MANY, stallTimeoutMs: 0 })
    const attempt = (then: (store: Ticks) => unknown): unknown => {
      using store = TickStore.open(path, MANY)
      return errorOf(() =>
        store.appendMany(
          (function* () {
            yield TICK
            then(store)
            yield TICK
          })(),
        ),
      )
    }
    const mine = new Error('mine')
    const errors = [
      attempt(() => {
        throw mine
      }),
      attempt((store) => store.append(TICK)),
      attempt((store) => store.appendMany([TICK])),
      attempt((store) => store.close()),
    ]
    expect(errors).toMatchObject([
      mine,
      { code: 'ERR_REENTRANT' },
      { code: 'ERR_REENTRANT' },
      { code: 'ERR_CLOSED' },
    ])
    expect(other.length).toBe(1)
    expect(other.append(TICK)).toBe(1)
  })

  it('whose iterable catches that it may not append goes on, and others wait no longer than for it', () => {
    const path = newStore(1)
    using store = TickStore.open(path, MANY)
    using other = TickStore.open(path, { ...MANY, stallTimeoutMs: 0 })
    const rows = function* () {
      yield TICK
      expect(codeOf(() => store.append(TICK))).toBe('ERR_REENTRANT')
      yield { ...TICK, price: 2 }
    }
    expect(store.appendMany(rows())).toBe(1)
    expect([...other.records(1)]).toEqual([TICK, { ...TICK, price: 2 }])
    expect(other.append(TICK)).toBe(3)
  })
})

describe('an append', () => {
  it('that is refused lets the others append', () => {
    const path = newStore(1)
    using store = TickStore.open(path, MANY)
    using other = TickStore.open(path, { ...MANY, stallTimeoutMs: 0 })
    expectError(() => store.append({ ...TICK, price: '1' as unknown as number }), 'ERR_TYPE_MISMATCH')
    expect(other.append(TICK)).toBe(1)
    store.close()
    expectError(() => store.append(TICK), 'ERR_CLOSED')
    expect(other.append(TICK)).toBe(2)
  })
})

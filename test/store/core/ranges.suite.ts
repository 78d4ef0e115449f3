/** Core suite: iteration, and views. */
import { describe, expect, it } from 'vitest'
import { type AnyStore, access } from '../../support/any-store.ts'
import { type CoreContext, expectRefusal, fullRecord } from '../support/context.ts'

const ids = (count: number, from = 0): { id: bigint }[] =>
  Array.from({ length: count }, (_, i) => ({ id: BigInt(from + i) }))

export function describeRanges(core: CoreContext): void {
  const caps = (count: number): AnyStore =>
    core.createWith(
      'MarketCap',
      ids(count).map(({ id }) => ({ id, price: 1.5, volume: 2, marketCap: 3, stale: false })),
    )
  const idsOf = (records: Iterable<Record<string, unknown>>): number[] =>
    Array.from(records, ({ id }) => Number(id))

  describe('iteration', () => {
    it('gives snapshots of all records, in order', () => {
      const store = caps(100)
      expect(idsOf(store)).toEqual(Array.from({ length: 100 }, (_, i) => i))
      expect(idsOf(core.create('MarketCap'))).toEqual([])
    })

    it('gives a range, up to but not including its end', () => {
      const store = caps(10)
      expect(idsOf(store.records(7))).toEqual([7, 8, 9])
      expect(idsOf(store.records(2, 5))).toEqual([2, 3, 4])
      expect(idsOf(store.records(0, 10))).toHaveLength(10)
      expect(idsOf(store.records(3, 3))).toEqual([])
      expect(idsOf(store.records(10))).toEqual([])
      expect(idsOf(store.records(-0, 1))).toEqual([0])
      expect(idsOf(store.records(undefined, 2))).toEqual([0, 1])
    })

    it('without an end goes on to what is appended meanwhile', () => {
      const store = caps(3)
      const seen: number[] = []
      for (const { id } of store) {
        seen.push(Number(id))
        if (seen.length < 200) store.append({ ...store.get(0), id: BigInt(seen.length + 2) })
      }
      expect(seen).toHaveLength(202)
      expect(seen.at(-1)).toBe(201)
    })

    it('with an end stops there, whatever is appended', () => {
      const store = caps(3)
      const iterator = store.records(1, 3)
      store.append()
      expect(idsOf(iterator)).toEqual([1, 2])
      expect(iterator.next()).toEqual({ done: true, value: undefined })
    })

    it('is its own iterable, and independent of others', () => {
      const store = caps(3)
      const iterator = store.records()
      expect(iterator[Symbol.iterator]()).toBe(iterator)
      expect(iterator.next().value).toMatchObject({ id: 0n })
      expect(idsOf(store)).toEqual([0, 1, 2])
      expect(idsOf(iterator)).toEqual([1, 2])
    })

    it('sees each record as it is when it gets there', () => {
      const store = caps(3)
      const iterator = store[Symbol.iterator]()
      const first = iterator.next().value
      access(store, 'set', 'id', 0, 77n)
      access(store, 'set', 'id', 1, 88n)
      expect(first).toMatchObject({ id: 0n })
      expect(iterator.next().value).toMatchObject({ id: 88n })
    })

    it('ends with the store', () => {
      const store = caps(3)
      const bounded = store.records(0, 3)
      const unbounded = store.records()
      bounded.next()
      unbounded.next()
      store.close()
      expect(() => bounded.next()).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
      expect(() => unbounded.next()).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
    })

    it.each([-1, 1.5, 4, 2 ** 32, Number.NaN, Infinity])(
      'from or to %d is out of bounds, at once',
      (boundary) => {
        const store = caps(3)
        const from = expectRefusal(store, () => store.records(boundary), 'ERR_OUT_OF_BOUNDS')
        expect(from.message).toContain(`bounded by integers from 0 to 3 here, not by ${boundary}`)
        const to = expectRefusal(store, () => store.records(1, boundary), 'ERR_OUT_OF_BOUNDS')
        expect(to.message).toContain(`bounded by integers from 1 to 3 here, not by ${boundary}`)
      },
    )

    it('that ends before it begins is out of bounds', () => {
      const store = caps(3)
      expectRefusal(store, () => store.records(2, 1), 'ERR_OUT_OF_BOUNDS')
    })

    it.each(['0', 0n, null, true, Symbol('from'), {}].map((boundary) => [boundary]))(
      'from or to %o is refused',
      (boundary) => {
        const store = caps(3)
        expectRefusal(store, () => store.records(boundary as number), 'ERR_TYPE_MISMATCH')
        expectRefusal(store, () => store.records(0, boundary as number), 'ERR_TYPE_MISMATCH')
      },
    )
  })

  describe('a view', () => {
    const viewOf = (store: AnyStore, index: number, property: string): Uint8Array =>
      access(store, 'view', property, index) as Uint8Array

    it('is as long as the value was when it was made', () => {
      const store = core.createWith('Full', [fullRecord()])
      expect(Buffer.from(viewOf(store, 0, 'text')).toString()).toBe(fullRecord()['text'])
      expect(Buffer.from(viewOf(store, 0, 'blob'))).toEqual(Buffer.from(fullRecord()['blob'] as Uint8Array))
      store.update(0, { code: '', key: new Uint8Array() })
      expect(viewOf(store, 0, 'code')).toHaveLength(0)
      expect(viewOf(store, 0, 'key')).toHaveLength(0)
    })

    it('is live: it shows later writes, where a read value does not', () => {
      const store = core.createWith('Full', [{ ...fullRecord(), code: 'old', key: new Uint8Array([1, 2]) }])
      const code = viewOf(store, 0, 'code')
      const key = viewOf(store, 0, 'key')
      const { key: copy } = store.get(0)
      store.update(0, { code: 'newer', key: new Uint8Array([3, 4, 5]) })
      expect(Buffer.from(code).toString()).toBe('new')
      expect([...key]).toEqual([3, 4])
      expect(copy).toEqual(new Uint8Array([1, 2]))
      store.update(0, { code: 'n', key: new Uint8Array() })
      expect(Buffer.from(code).toString()).toBe('n\0\0')
      expect([...key]).toEqual([0, 0])
    })

    it('of one record does not show another', () => {
      const store = core.createWith('Full', [fullRecord(1), fullRecord(2)])
      const first = viewOf(store, 0, 'code')
      store.set(1, fullRecord(3))
      expect(Buffer.from(first).toString()).toBe('c1')
    })

    it('may be given back as a value', () => {
      const store = core.createWith('Full', [fullRecord(1), fullRecord(2)])
      const expected = new Uint8Array(viewOf(store, 0, 'blob'))
      access(store, 'set', 'blob', 0, viewOf(store, 0, 'blob'))
      expect(access(store, 'get', 'blob', 0)).toEqual(expected)
      access(store, 'set', 'blob', 1, viewOf(store, 0, 'blob'))
      expect(access(store, 'get', 'blob', 1)).toEqual(expected)
      // Source and target overlap.
      access(store, 'set', 'blob', 1, viewOf(store, 1, 'blob').subarray(3))
      expect(access(store, 'get', 'blob', 1)).toEqual(expected.slice(3))
      access(store, 'set', 'blob', 1, viewOf(store, 1, 'blob').subarray(70, 90))
      expect(access(store, 'get', 'blob', 1)).toEqual(expected.slice(73, 93))
    })

    it('stays safe to read after close', () => {
      const store = core.createWith('Full', [fullRecord()])
      const view = viewOf(store, 0, 'blob')
      store.close()
      expect(view.every((byte) => Number.isInteger(byte))).toBe(true)
      if (core.isFile) expect(view.every((byte) => byte === 0)).toBe(true)
    })
  })
}

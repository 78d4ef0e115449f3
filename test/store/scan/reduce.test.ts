/** reduce: what is returned for one record is handed on to the next. */
import { expect, it } from 'vitest'
import { type AnyStore, bytesOf, fieldOffsetBytes, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRefusal, expectSameBytes, fullRecord, storedFull } from '../support/context.ts'
import { describeEachStore } from '../support/each-store.ts'

type Combine = (...values: unknown[]) => unknown

/** The untyped call: a test's fields are names. */
function reduce(store: AnyStore, options: object, combine: Combine, initial: unknown): unknown {
  return store.reduce(options as { fields: readonly string[] }, combine, initial)
}

describeEachStore('reduce', (core) => {
  const storeOf = (count: number): AnyStore =>
    core.createWith(
      'Full',
      Array.from({ length: count }, (_, i) => fullRecord(i % 50)),
    )

  it('hands on what is returned, from the initial value to the last', () => {
    const store = storeOf(3)
    const calls: unknown[][] = []
    const combine: Combine = (...values) => {
      calls.push(values)
      return `r${calls.length}`
    }
    expect(reduce(store, { fields: ['text', 'price'] }, combine, 'r0')).toBe('r3')
    expect(calls).toStrictEqual(
      [0, 1, 2].map((i) => [`r${i}`, storedFull(i)['text'], storedFull(i)['price'], i]),
    )
  })

  it('of no record gives the initial value itself, and calls nothing', () => {
    const never: Combine = () => {
      throw new RangeError('nothing to combine')
    }
    for (const initial of [undefined, null, 0, Number.NaN, 'text', {}, 1n]) {
      expect(reduce(storeOf(0), { fields: ['price'] }, never, initial)).toBe(initial)
      expect(reduce(storeOf(2), { fields: ['price'], from: 1, to: 1 }, never, initial)).toBe(initial)
    }
  })

  it('sums a range', () => {
    const store = storeOf(40)
    const prices = Array.from({ length: 40 }, (_, i) => storedFull(i)['price'] as number)
    const sum = (from: number, to: number): number =>
      prices.slice(from, to).reduce((total, price) => total + price, 0)
    const add: Combine = (total, price) => (total as number) + (price as number)
    expect(reduce(store, { fields: ['price'] }, add, 0)).toBe(sum(0, 40))
    expect(reduce(store, { fields: ['price'], from: 7 }, add, 0)).toBe(sum(7, 40))
    expect(reduce(store, { fields: ['price'], from: 7, to: 9 }, add, 0)).toBe(sum(7, 9))
  })

  it('goes on where the result changes its type', () => {
    // Over many batches, and from a number to what is none and back.
    const rows = 40_000
    const store = core.create('Full', { capacity: rows })
    for (let i = 0; i < rows; i++) store.append()
    const turns: Record<number, unknown> = { 10: 'a', 20: undefined, 20000: 7, 20001: null, 39000: -0 }
    let last: unknown = 0
    const seen: number[] = []
    const combine: Combine = (result, index) => {
      const at = index as number
      if (!Object.is(result, last)) seen.push(at)
      last = at in turns ? turns[at] : result
      return last
    }
    expect(reduce(store, { fields: [] }, combine, 0)).toBe(-0)
    expect(seen).toEqual([])
  })

  it('keeps a negative zero, and what is not a number', () => {
    const store = storeOf(2)
    const same: Combine = (result) => result
    for (const initial of [-0, Number.NaN, Infinity, 1n, true, '1', Symbol.iterator, { valueOf: () => 1 }]) {
      expect(reduce(store, { fields: ['price'] }, same, initial)).toBe(initial)
    }
    expect(reduce(store, { fields: ['price'] }, () => undefined, 0)).toBeUndefined()
  })

  it('knows functions of one text apart', () => {
    const store = storeOf(3)
    const adder =
      (step: number): Combine =>
      (total) =>
        (total as number) + step
    for (const step of [1, 2, 3]) expect(reduce(store, { fields: ['price'] }, adder(step), 0)).toBe(3 * step)
    const rows: unknown[] = []
    for (const tag of ['a', 'b']) store.scan({ fields: ['code'] }, (code) => void rows.push(tag + code))
    expect(rows).toEqual(['ac0', 'ac1', 'ac2', 'bc0', 'bc1', 'bc2'])
  })

  it('takes any number of functions, and any kind', () => {
    const store = storeOf(2)
    for (let i = 0; i < 230; i++) {
      const combine = new Function('total', 'price', `return total + ${i}`) as Combine
      expect(reduce(store, { fields: ['price'] }, combine, 0)).toBe(2 * i)
    }
    function add(this: unknown, total: unknown): unknown {
      return (total as number) + 1
    }
    expect(reduce(store, { fields: ['price'] }, add, 0)).toBe(2)
    expect(reduce(store, { fields: ['price'] }, add.bind(null), 0)).toBe(2)
    expect(reduce(store, { fields: ['price'] }, new Proxy(add, {}), 0)).toBe(2)
    expect(reduce(store, { fields: ['price'] }, Math.max as Combine, -1)).toBe(Math.max(...prices(2), 1))
  })

  const prices = (count: number): number[] =>
    Array.from({ length: count }, (_, i) => storedFull(i)['price'] as number)

  it('ends with what a function throws, and with a record that holds no value', () => {
    const store = storeOf(3)
    const fault = new RangeError('mine')
    const fail: Combine = (_, __, index) => {
      if (index === 1) throw fault
    }
    expect(() => reduce(store, { fields: ['price'] }, fail, 0)).toThrow(fault)
    regionOf(store)[fieldOffsetBytes(store, 2, 'flag')] = 2
    const count: Combine = (n) => (n as number) + 1
    const place = { path: store.path, record: 2, field: 'flag' }
    expectError(() => reduce(store, { fields: ['flag'] }, count, 0), 'ERR_INVALID_BOOL', place)
    expect(reduce(store, { fields: ['flag'], to: 2 }, count, 0)).toBe(2)
  })

  it('is refused as a scan is', () => {
    const store = storeOf(1)
    const same: Combine = (result) => result
    expectRefusal(store, () => reduce(store, { fields: ['prise'] }, same, 0), 'ERR_TYPE_MISMATCH')
    expectRefusal(store, () => reduce(store, { fields: [], form: 1 }, same, 0), 'ERR_TYPE_MISMATCH')
    expectRefusal(store, () => reduce(store, { fields: [], to: 2 }, same, 0), 'ERR_OUT_OF_BOUNDS')
    const noFunction = (): unknown => reduce(store, { fields: [] }, 0 as never, 0)
    expectRefusal(store, noFunction, 'ERR_TYPE_MISMATCH')
    store.close()
    expectError(() => reduce(store, { fields: [] }, same, 0), 'ERR_CLOSED', { path: store.path })
  })

  it('changes nothing', () => {
    const store = storeOf(2)
    const before = bytesOf(store)
    reduce(store, { fields: ['text'] }, (_, text) => text, '')
    expectSameBytes(store, before)
  })
})

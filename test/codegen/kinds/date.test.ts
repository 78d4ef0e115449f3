/** Fields of dates: a Date in, another out, milliseconds in the file, and no code of the caller's in between. */
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { date, float64, str } from '../../../src/schema/annotations.ts'
import { type AnyStore, fieldOffsetBytes, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { describeEach } from './each-class.support.ts'

const FIELDS = { name: str(4), at: date, price: float64 }
const NEWYEAR = new Date('2024-01-01T00:00:00.123Z')

/** Milliseconds as the file has them, of whatever size. */
function storeMilliseconds(store: unknown, index: number, time: bigint): void {
  const bytes = regionOf(store as AnyStore)
  new DataView(bytes.buffer).setBigInt64(fieldOffsetBytes(store as AnyStore, index, 'at'), time, true)
}

class Loud extends Date {
  override getTime(): number {
    throw new Error('getTime was called')
  }
  override valueOf(): number {
    throw new Error('valueOf was called')
  }
  override [Symbol.toPrimitive](): never {
    throw new Error('toPrimitive was called')
  }
}

describeEach('a date', FIELDS, ({ create }) => {
  it.each([0, -1, 1, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, 8.64e15, -8.64e15])(
    'of %d ms is stored as an int64, and read as another Date',
    (time) => {
      const store = create()
      const given = new Date(time)
      store.append({ name: 'a', at: given, price: 1 })
      const start = fieldOffsetBytes(store as unknown as AnyStore, 0, 'at')
      expect(new DataView(regionOf(store as unknown as AnyStore).buffer).getBigInt64(start, true)).toBe(
        BigInt(time),
      )
      expect(store.getAt(0)).toEqual(given)
      expect(store.getAt(0)).not.toBe(given)
      expect(store.getAt(0)).not.toBe(store.getAt(0))
    },
  )

  it('goes through every way of reading and writing', () => {
    const store = create()
    const [first, second] = [new Date(1), new Date(2)]
    expect(store.append()).toBe(0)
    expect(store.getAt(0)).toEqual(new Date(0))
    store.set(0, { name: 'a', at: first, price: 1 })
    expect(store.get(0)).toEqual({ name: 'a', at: first, price: 1 })
    store.update(0, { at: second })
    store.update(0, { price: 2 })
    expect(store.getInto(0, store.get(0))).toEqual({ name: 'a', at: second, price: 2 })
    store.setAt(0, NEWYEAR)
    expect(store.cursor().seek(0).at).toEqual(NEWYEAR)
    store.cursor().seek(0).at = first
    store.modify(0, (record) => ({ ...record, at: new Date(record.at.getTime() + 1) }))
    expect(store.getAt(0)).toEqual(second)
    store.appendMany({ name: ['b', 'c'], at: [first, NEWYEAR], price: new Float64Array(2) })
    store.appendMany([{ name: 'd', at: first, price: 0 }])
    const seen: unknown[] = []
    store.scan({ fields: ['at', 'at'] }, (at, again, index) => seen.push([at, again, index]))
    expect(seen).toEqual([second, first, NEWYEAR, first].map((at, index) => [at, at, index]))
    expect(store.reduce({ fields: ['at'] }, (sum, at) => sum + at.getTime(), 0)).toBe(4 + NEWYEAR.getTime())
  })

  it('is compared by its time', () => {
    const store = create()
    store.append({ name: 'a', at: NEWYEAR, price: 1 })
    expect(store.compareAndSetAt(0, new Date(1), new Date(2))).toBe(false)
    expect(store.getAt(0)).toEqual(NEWYEAR)
    expect(store.compareAndSetAt(0, new Date(NEWYEAR), new Date(2))).toBe(true)
    expect(store.getAt(0)).toEqual(new Date(2))
    expect('addAt' in store).toBe(false)
  })

  it('is taken as it is, though the Date is changed later', () => {
    const store = create()
    const given = new Date(5)
    const records = function* () {
      for (const time of [1, 2, 3]) {
        given.setTime(time)
        yield { name: 'a', at: given, price: 0 }
      }
    }
    store.appendMany(records())
    given.setTime(9)
    expect([...store].map(({ at }) => at.getTime())).toEqual([1, 2, 3])
    store.modify(0, (record) => {
      const late = { ...record, at: given }
      return Object.defineProperty(late, 'price', { get: () => given.setTime(77), enumerable: true })
    })
    expect(store.getAt(0)).toEqual(new Date(9))
  })

  it('may be of a subclass or of another realm: nothing of theirs runs', () => {
    const store = create()
    store.append({ name: 'a', at: new Loud(3), price: 1 })
    expect(store.getAt(0)).toEqual(new Date(3))
    const foreign = runInNewContext('new Date(4)') as Date
    expect(foreign).not.toBeInstanceOf(Date)
    expect(store.compareAndSetAt(0, new Loud(3), foreign)).toBe(true)
    expect(store.getAt(0)).toEqual(new Date(4))
    expect(Object.getPrototypeOf(store.getAt(0))).toBe(Date.prototype)
    store.appendMany([{ name: 'b', at: foreign, price: 1 }])
    expect(store.getAt(1)).toEqual(new Date(4))
  })

  it.each([
    ['a number', 1.7e12],
    ['a fraction', 1.5],
    ['a string', '2024-01-01'],
    ['a bigint', 1n],
    ['null', null],
    ['an object that looks like one', { getTime: () => 1 }],
    ['what inherits from one', Object.create(new Date(1))],
    ['a proxy of one', new Proxy(new Date(1), {})],
  ])('is not %s', (_, value) => {
    const store = create()
    store.append({ name: 'a', at: NEWYEAR, price: 1 })
    const wrong = value as Date
    const place = { record: 0, field: 'at' }
    const error = expectError(() => store.setAt(0, wrong), 'ERR_TYPE_MISMATCH', place)
    expect(error.message).toContain('date takes a Date, such as new Date(milliseconds)')
    expectError(() => store.update(0, { at: wrong }), 'ERR_TYPE_MISMATCH', place)
    expectError(() => store.append({ name: 'a', at: wrong, price: 1 }), 'ERR_TYPE_MISMATCH', { field: 'at' })
    expectError(() => store.compareAndSetAt(0, wrong, NEWYEAR), 'ERR_TYPE_MISMATCH', place)
    expectError(() => store.compareAndSetAt(0, NEWYEAR, wrong), 'ERR_TYPE_MISMATCH', place)
    expect(store.getAt(0)).toEqual(NEWYEAR)
    expect(store.length).toBe(1)
  })

  it('is not invalid', () => {
    const store = create()
    store.append({ name: 'a', at: NEWYEAR, price: 1 })
    const invalid = new Date(Number.NaN)
    const place = { record: 0, field: 'at' }
    const error = expectError(() => store.setAt(0, invalid), 'ERR_VALUE_OUT_OF_RANGE', place)
    expect(error.message).toContain('the Date is invalid')
    expectError(() => store.compareAndSetAt(0, invalid, NEWYEAR), 'ERR_VALUE_OUT_OF_RANGE', place)
    expectError(() => store.set(0, { name: 'b', at: invalid, price: 2 }), 'ERR_VALUE_OUT_OF_RANGE', place)
    expect(store.get(0)).toEqual({ name: 'a', at: NEWYEAR, price: 1 })
  })

  it.each([8_640_000_000_000_001n, -8_640_000_000_000_001n, 2n ** 63n - 1n, -(2n ** 63n)])(
    'is none where the file has %d ms',
    (time) => {
      const store = create()
      store.append({ name: 'a', at: NEWYEAR, price: 1 })
      storeMilliseconds(store, 0, time)
      const place = { record: 0, field: 'at' }
      const error = expectError(() => store.getAt(0), 'ERR_VALUE_OUT_OF_RANGE', place)
      expect(error.message).toContain(`the file holds ${time}n milliseconds, beyond the range of a Date`)
      expectError(() => store.get(0), 'ERR_VALUE_OUT_OF_RANGE', place)
      expectError(() => store.scan({ fields: ['at'] }, () => undefined), 'ERR_VALUE_OUT_OF_RANGE', place)
      expectError(() => store.compareAndSetAt(0, NEWYEAR, NEWYEAR), 'ERR_VALUE_OUT_OF_RANGE', place)
      store.setAt(0, NEWYEAR)
      expect(store.getAt(0)).toEqual(NEWYEAR)
    },
  )
})

/** Core suite: `add`, for every type of number. */
import { describe, expect, it } from 'vitest'
import { type AnyStore, access, fieldOffsetBytes, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRecord, storedRecord } from '../../support/model.ts'
import { type CoreContext, fullRecord, schemaOf } from '../support/context.ts'
import { MISSING_INDICES, MISTYPED_INDICES } from '../support/values.ts'
import { expectLetGo, expectNoChange } from './support.ts'

type Sum = readonly [
  property: string,
  before: number | bigint,
  delta: number | bigint,
  after: number | bigint,
]

const SAFE = Number.MAX_SAFE_INTEGER

const SUMS: readonly Sum[] = [
  ['tiny', 100, 27, 127],
  ['tiny', -100, -28, -128],
  ['tiny', -128, 255, 127],
  ['octet', 255, -255, 0],
  ['octet', 0, 255, 255],
  ['small', 0, -32_768, -32_768],
  ['port', 65_535, -1, 65_534],
  ['count', 2 ** 31 - 1, -(2 ** 32) + 1, -(2 ** 31)],
  ['color', 0, 2 ** 32 - 1, 2 ** 32 - 1],
  ['big', 2n ** 53n + 1n, 1n, 2n ** 53n + 2n],
  ['big', -(2n ** 63n), 2n ** 64n - 1n, 2n ** 63n - 1n],
  ['huge', 2n ** 64n - 1n, -(2n ** 64n) + 1n, 0n],
  ['huge', 0n, 2n ** 64n - 1n, 2n ** 64n - 1n],
  ['safe', 2 ** 32 - 1, 1, 2 ** 32],
  ['safe', 0, -1, -1],
  ['safe', -(2 ** 32), -1, -(2 ** 32) - 1],
  ['safe', -SAFE, SAFE, 0],
  ['safe', SAFE - 1, 1, SAFE],
  ['total', 2 ** 32, -1, 2 ** 32 - 1],
  ['total', 0, SAFE, SAFE],
  ['total', SAFE, -SAFE, 0],
  ['ratio', 0, 0.1, Math.fround(0.1)],
  ['ratio', 16_777_216, 1, 16_777_216],
  ['ratio', 1, -Infinity, -Infinity],
  ['ratio', 0, Number.NaN, Number.NaN],
  ['ratio', 3.4028234663852886e38, 1, 3.4028234663852886e38],
  ['price', 0.1, 0.2, 0.1 + 0.2],
  ['price', Number.MAX_VALUE, Number.MAX_VALUE, Infinity],
  ['price', Infinity, -Infinity, Number.NaN],
  ['price', -0, -0, -0],
  ['price', -0, 0, 0],
]

/** The least and the greatest value of each type that has them. */
const BOUNDS: readonly (readonly [string, number | bigint, number | bigint])[] = [
  ['tiny', -128, 127],
  ['octet', 0, 255],
  ['small', -32_768, 32_767],
  ['port', 0, 65_535],
  ['count', -(2 ** 31), 2 ** 31 - 1],
  ['color', 0, 2 ** 32 - 1],
  ['big', -(2n ** 63n), 2n ** 63n - 1n],
  ['huge', 0n, 2n ** 64n - 1n],
  ['safe', -SAFE, SAFE],
  ['total', 0, SAFE],
]

const INTEGERS = ['tiny', 'octet', 'small', 'port', 'count', 'color', 'safe', 'total']
const FLOATS = ['ratio', 'price']
const BIGINTS = ['big', 'huge']
const MISTYPED: readonly unknown[] = ['1', '', null, undefined, true, {}, [1], Symbol('delta'), new Number(1)]

export function describeAdd(core: CoreContext): void {
  const schema = schemaOf('Full')
  const create = (): AnyStore => core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)])

  it('gives the sum, and changes no other byte', () => {
    const store = create()
    for (const [property, before, delta, after] of SUMS) {
      store.set(1, { ...fullRecord(1), [property]: before })
      expect(access(store, 'add', property, 1, delta), `${property}: ${before} and ${delta}`).toBe(after)
      expectRecord(store, schema, 1, { ...storedRecord(schema, fullRecord(1)), [property]: after })
    }
    for (const i of [0, 2]) expectRecord(store, schema, i, storedRecord(schema, fullRecord(i)))
    expectLetGo(store)
  })

  it('of integers gives no negative zero, and takes one', () => {
    const store = create()
    for (const property of INTEGERS) {
      access(store, 'set', property, 1, 0)
      expect(access(store, 'add', property, 1, -0)).toBe(0)
      access(store, 'set', property, 1, 5)
      expect(access(store, 'add', property, 1, -5)).toBe(0)
    }
  })

  it('raises the counter by two', () => {
    const store = create()
    const counter = new Uint32Array(regionOf(store).buffer, fieldOffsetBytes(store, 1, 'flag') - 8, 2)
    for (const { property } of schema.fields) {
      const before = counter[0] as number
      const delta = BIGINTS.includes(property) ? 1n : 1
      if (![...INTEGERS, ...FLOATS, ...BIGINTS].includes(property)) continue
      access(store, 'add', property, 1, delta)
      expect([...counter]).toEqual([before + 2, 0])
    }
  })

  it.each(BOUNDS)(
    'to a %s refuses what leads beyond %o or %o, and lets the record go',
    (property, min, max) => {
      const store = create()
      const others = core.isShared
        ? [core.track(core.classOf('Full').open(store.path, { ...core.options, stallTimeoutMs: 0 }))]
        : []
      const [none, one, huge] = typeof min === 'bigint' ? [0n, 1n, 2n ** 200n] : [0, 1, SAFE]
      const steps = [one, huge] as const
      for (const [before, delta] of [
        ...steps.map((step) => [max, step]),
        ...steps.map((step) => [min, -step]),
      ]) {
        access(store, 'set', property, 1, before)
        const add = (): unknown => access(store, 'add', property, 1, delta)
        const place = { record: 1, field: property }
        expect(expectNoChange(store, add, 'ERR_VALUE_OUT_OF_RANGE', place).message).toContain('the range of')
        expectLetGo(store)
        for (const each of [store, ...others]) expect(access(each, 'add', property, 1, none)).toBe(before)
      }
    },
  )

  it('of a float32 refuses what is beyond it, and lets the record go', () => {
    const store = create()
    access(store, 'set', 'ratio', 1, 3.4028234663852886e38)
    const add = (): unknown => access(store, 'add', 'ratio', 1, 1e32)
    const error = expectNoChange(store, add, 'ERR_VALUE_OUT_OF_RANGE', { record: 1, field: 'ratio' })
    expect(error.message).toContain('beyond the range of float32')
    expectLetGo(store)
  })

  it('refuses what is no delta, and changes nothing', () => {
    const store = create()
    const refuse = (
      property: string,
      delta: unknown,
      code: 'ERR_TYPE_MISMATCH' | 'ERR_VALUE_OUT_OF_RANGE',
    ) => {
      const place = { record: 1, field: property }
      expectNoChange(store, () => access(store, 'add', property, 1, delta), code, place)
    }
    for (const property of [...INTEGERS, ...FLOATS]) {
      for (const delta of [...MISTYPED, 1n]) refuse(property, delta, 'ERR_TYPE_MISMATCH')
    }
    for (const property of BIGINTS) {
      for (const delta of [...MISTYPED, 1, 1.5, Object(1n)]) refuse(property, delta, 'ERR_TYPE_MISMATCH')
    }
    for (const property of INTEGERS) {
      for (const delta of [1.5, Number.NaN, Infinity, -Infinity, SAFE + 1, -SAFE - 1, 1e300]) {
        refuse(property, delta, 'ERR_VALUE_OUT_OF_RANGE')
      }
    }
    expectLetGo(store)
  })

  it('is there for numbers only', () => {
    const store = create()
    for (const { property } of schema.fields) {
      const isNumber = [...INTEGERS, ...FLOATS, ...BIGINTS].includes(property)
      if (!isNumber) expect(() => access(store, 'add', property, 1, 1)).toThrow('the store has no add')
    }
  })

  it.each([
    ['safe', 2n ** 53n],
    ['safe', -(2n ** 63n)],
    ['total', 2n ** 53n],
    ['total', 2n ** 64n - 1n],
  ])('refuses a %s of %d in the file, and lets the record go', (property, stored) => {
    const store = create()
    const at = fieldOffsetBytes(store, 1, property)
    new DataView(regionOf(store).buffer).setBigInt64(at, BigInt.asIntN(64, stored), true)
    const place = { record: 1, field: property }
    expectNoChange(store, () => access(store, 'add', property, 1, 0), 'ERR_VALUE_OUT_OF_RANGE', place)
    expectLetGo(store)
    access(store, 'set', property, 1, 1)
    expect(access(store, 'add', property, 1, 1)).toBe(2)
  })

  describe('what is wrong is told in order:', () => {
    it('first the store', () => {
      const store = create()
      store.close()
      for (const [i, delta] of [
        [1, 1],
        [9, 'x'],
        ['x', 'x'],
      ]) {
        expectError(() => access(store, 'add', 'tiny', i, delta), 'ERR_CLOSED', { path: store.path })
      }
      if (!core.isFile) return
      const reader = core.track(core.classOf('Full').open(store.path, { readOnly: true }))
      for (const [i, delta] of [
        [1, 1],
        [9, 'x'],
        ['x', 'x'],
      ]) {
        expectNoChange(reader, () => access(reader, 'add', 'tiny', i, delta), 'ERR_READ_ONLY')
      }
    })

    it('then the index, then the delta', () => {
      const store = create()
      for (const delta of [1, 'x', 1.5]) {
        for (const index of [3, ...MISSING_INDICES]) {
          expectNoChange(store, () => access(store, 'add', 'tiny', index, delta), 'ERR_OUT_OF_BOUNDS')
        }
        for (const index of MISTYPED_INDICES) {
          expectNoChange(store, () => access(store, 'add', 'tiny', index, delta), 'ERR_TYPE_MISMATCH')
        }
      }
    })
  })
}

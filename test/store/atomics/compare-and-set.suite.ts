/** Core suite: `compareAndSet`, for every type but bytes. */
import { describe, expect, it } from 'vitest'
import { type AnyStore, access, fieldOffsetBytes, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { expectRecord, storedRecord, storedValue } from '../../support/model.ts'
import { type CoreContext, fullRecord, schemaOf } from '../support/context.ts'
import { BAD_VALUES, GOOD_VALUES, MISSING_INDICES, MISTYPED_INDICES } from '../support/values.ts'
import { contentsOf, expectLetGo, expectNoChange, expectSameContents } from './support.ts'

/** About the lengths at which texts are coded in another way. */
const TEXTS = [
  '',
  'a',
  'abcdefg',
  'abcdefgh',
  'abcdefghi',
  'é',
  'ééééé',
  'x'.repeat(17),
  '€'.repeat(33),
  'y'.repeat(100),
]

export function describeCompareAndSet(core: CoreContext): void {
  const schema = schemaOf('Full')
  const comparable = schema.fields.filter(({ type }) => type !== 'bytes')
  const create = (): AnyStore => core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)])

  describe.each(comparable)('$property', (field) => {
    const { property } = field
    const good = (GOOD_VALUES[property] ?? []).map((value) => storedValue(field, value))

    it('is set where it is what was expected, and no other byte changes', () => {
      const store = create()
      let current = fullRecord(1)[property]
      for (const value of good) {
        if (Number.isNaN(value)) continue
        expect(access(store, 'compareAndSet', property, 1, current, value)).toBe(true)
        expectRecord(store, schema, 1, { ...storedRecord(schema, fullRecord(1)), [property]: value })
        current = value
      }
      for (const i of [0, 2]) expectRecord(store, schema, i, storedRecord(schema, fullRecord(i)))
      expectLetGo(store)
    })

    it('is left alone where it is not, to the last byte', () => {
      const store = create()
      const current = storedValue(field, fullRecord(1)[property])
      const before = contentsOf(store)
      for (const expected of good) {
        if (expected === current) continue
        expect(access(store, 'compareAndSet', property, 1, expected, good[0])).toBe(false)
      }
      expectSameContents(store, before)
      if (!core.isShared) return
      const other = core.track(core.classOf('Full').open(store.path, { ...core.options, stallTimeoutMs: 0 }))
      expect(access(other, 'compareAndSet', property, 1, current, good[0])).toBe(true)
    })

    it('refuses what is no value of it, be it as expected or not', () => {
      const store = create()
      const current = storedValue(field, fullRecord(1)[property])
      for (const [value, code] of BAD_VALUES[property] ?? []) {
        const place = { record: 1, field: property }
        for (const expected of [current, good[0]]) {
          const set = (): unknown => access(store, 'compareAndSet', property, 1, expected, value)
          expectNoChange(store, set, code, place)
        }
        if (code !== 'ERR_TYPE_MISMATCH') continue
        // What is expected must be of the type; a value that no field can hold is never there.
        const set = (): unknown => access(store, 'compareAndSet', property, 1, value, good[0])
        expectNoChange(store, set, code, place)
      }
      expectLetGo(store)
    })
  })

  it('is not there for bytes', () => {
    const store = create()
    for (const property of ['key', 'blob']) {
      expect(() => access(store, 'compareAndSet', property, 1, 0, 0)).toThrow('the store has no')
    }
  })

  it('a value beyond the field is never there', () => {
    const store = create()
    const before = contentsOf(store)
    for (const [property, expected, value] of [
      ['tiny', 128, 1],
      ['octet', 0.5, 1],
      ['port', Number.NaN, 1],
      ['big', 2n ** 64n, 1n],
      ['huge', -1n, 1n],
      ['safe', Infinity, 1],
      ['code', 'far too long', 'a'],
      ['text', '\ud800', 'a'],
    ] as const) {
      expect(access(store, 'compareAndSet', property, 1, expected, value), property).toBe(false)
    }
    expectSameContents(store, before)
  })

  it('NaN is never what is expected, and the zeros are one', () => {
    const store = create()
    for (const property of ['ratio', 'price']) {
      access(store, 'set', property, 1, Number.NaN)
      expect(access(store, 'compareAndSet', property, 1, Number.NaN, 1)).toBe(false)
      access(store, 'set', property, 1, -0)
      expect(access(store, 'compareAndSet', property, 1, 0, 1)).toBe(true)
      access(store, 'set', property, 1, 0)
      expect(access(store, 'compareAndSet', property, 1, -0, -0)).toBe(true)
      expect(access(store, 'get', property, 1)).toBe(-0)
    }
  })

  it('a float32 is compared as it is stored', () => {
    const store = create()
    access(store, 'set', 'ratio', 1, 0.1)
    expect(access(store, 'compareAndSet', 'ratio', 1, 0.1, 1)).toBe(false)
    expect(access(store, 'compareAndSet', 'ratio', 1, Math.fround(0.1), 0.3)).toBe(true)
    expect(access(store, 'get', 'ratio', 1)).toBe(Math.fround(0.3))
  })

  it('texts of every length take the place of every other', () => {
    const store = create()
    for (const before of TEXTS) {
      for (const after of TEXTS) {
        access(store, 'set', 'text', 1, before)
        // Another record has a text that is decoded in between.
        access(store, 'set', 'text', 2, after)
        expect(access(store, 'compareAndSet', 'text', 2, before, 'zz')).toBe(before === after)
        expect(access(store, 'compareAndSet', 'text', 1, before, after)).toBe(true)
        expect(access(store, 'get', 'text', 1)).toBe(after)
        const rest = Buffer.from(regionOf(store)).subarray(
          fieldOffsetBytes(store, 1, 'text') + 4 + Buffer.byteLength(after),
          fieldOffsetBytes(store, 1, 'text') + 104,
        )
        expect(rest.every((byte) => byte === 0)).toBe(true)
      }
    }
    expectLetGo(store)
  })

  it('a long text is stored whole, though a short one is decoded for the first time', () => {
    const store = create()
    const long = 'long '.repeat(10)
    for (let i = 0; i < 50; i++) {
      const short = `${i} é`
      access(store, 'set', 'text', 1, short)
      expect(access(store, 'compareAndSet', 'text', 1, short, `${long}${i}`)).toBe(true)
      expect(access(store, 'get', 'text', 1)).toBe(`${long}${i}`)
    }
  })

  it.each([
    ['flag', 2, 'ERR_INVALID_BOOL', true, false],
    ['safe', 255, 'ERR_VALUE_OUT_OF_RANGE', 1, 2],
    ['total', 255, 'ERR_VALUE_OUT_OF_RANGE', 1, 2],
    ['code', 255, 'ERR_CORRUPTED', 'a', 'b'],
    ['text', 255, 'ERR_CORRUPTED', 'a', 'b'],
  ] as const)(
    'refuses a %s of bytes %d in the file, and lets the record go',
    (property, byte, code, a, b) => {
      const store = create()
      const at = fieldOffsetBytes(store, 1, property)
      // Bytes of ff are -1 as an int53, which is a value; with the sign taken from them they are none.
      regionOf(store).fill(byte, at, at + (property === 'flag' ? 1 : 7))
      if (property === 'safe' || property === 'total') regionOf(store)[at + 7] = 0x7f
      const place = { record: 1, field: property }
      expectNoChange(store, () => access(store, 'compareAndSet', property, 1, a, b), code, place)
      expectLetGo(store)
      access(store, 'set', property, 1, a)
      expect(access(store, 'compareAndSet', property, 1, a, b)).toBe(true)
    },
  )

  describe('what is wrong is told in order:', () => {
    const WRONG: readonly (readonly unknown[])[] = [
      [1, 1, 2],
      [9, 'x', 'x'],
      ['x', 1, 999],
    ]

    it('first the store', () => {
      const store = create()
      store.close()
      for (const values of WRONG) {
        const set = (): unknown => access(store, 'compareAndSet', 'tiny', ...values)
        expectError(set, 'ERR_CLOSED', { path: store.path })
      }
      if (!core.isFile) return
      const reader = core.track(core.classOf('Full').open(store.path, { readOnly: true }))
      for (const values of WRONG) {
        expectNoChange(reader, () => access(reader, 'compareAndSet', 'tiny', ...values), 'ERR_READ_ONLY')
      }
    })

    it('then the index, then what is expected, then the value', () => {
      const store = create()
      const set =
        (...values: unknown[]) =>
        () =>
          access(store, 'compareAndSet', 'tiny', ...values)
      for (const values of [
        [1, 2],
        ['x', 'x'],
        [1, 999],
      ]) {
        for (const index of [3, ...MISSING_INDICES]) {
          expectNoChange(store, set(index, ...values), 'ERR_OUT_OF_BOUNDS')
        }
        for (const index of MISTYPED_INDICES) {
          expectNoChange(store, set(index, ...values), 'ERR_TYPE_MISMATCH')
        }
      }
      expectNoChange(store, set(1, '1', 999), 'ERR_TYPE_MISMATCH', { record: 1, field: 'tiny' })
      expectNoChange(store, set(1, 1, 999), 'ERR_VALUE_OUT_OF_RANGE', { record: 1, field: 'tiny' })
    })
  })
}

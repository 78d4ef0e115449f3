/** getInto: a snapshot into an object of the caller's, whole or not at all. */
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../src/errors.ts'
import { type AnyRecord, fieldOffsetBytes, regionOf } from '../support/any-store.ts'
import { expectError } from '../support/expect-error.ts'
import { storedRecord } from '../support/model.ts'
import { expectRefusal, fullRecord, schemaOf, storedFull } from './support/context.ts'
import { describeEachStore } from './support/each-store.ts'
import { GOOD_VALUES, MISSING_INDICES, MISTYPED_INDICES } from './support/values.ts'

const schema = schemaOf('Full')
const properties = schema.fields.map(({ property }) => property)

/** An object whose properties remember whether they were assigned. */
function untouchable(): { target: AnyRecord; assigned: string[] } {
  const assigned: string[] = []
  const target = Object.defineProperties(
    {},
    Object.fromEntries(properties.map((name) => [name, { set: () => void assigned.push(name) }])),
  )
  return { target, assigned }
}

/** For each field that has such bytes: what none of its values is stored as. */
const SPOILED: readonly (readonly [property: string, code: ErrorCode, cases: readonly number[][]])[] = [
  ['flag', 'ERR_INVALID_BOOL', [[2], [255]]],
  [
    'safe',
    'ERR_VALUE_OUT_OF_RANGE',
    [
      [0, 0, 0, 0, 0, 0, 0, 0x80],
      [0, 0, 0, 0, 0, 0, 0x20, 0],
    ],
  ],
  [
    'total',
    'ERR_VALUE_OUT_OF_RANGE',
    [
      [0, 0, 0, 0, 0, 0, 0x20, 0],
      [0, 0, 0, 0, 0, 0, 0, 0x80],
    ],
  ],
  // A length and a start of data: too long, and not UTF-8.
  [
    'code',
    'ERR_CORRUPTED',
    [
      [7, 0, 0, 0],
      [255, 255, 255, 255],
      [1, 0, 0, 0, 0xff],
    ],
  ],
  [
    'text',
    'ERR_CORRUPTED',
    [
      [101, 0, 0, 0],
      [2, 0, 0, 0, 0xc3, 0x28],
      [20, 0, 0, 0, 0xc3],
    ],
  ],
  ['key', 'ERR_CORRUPTED', [[6, 0, 0, 0]]],
  [
    'blob',
    'ERR_CORRUPTED',
    [
      [201, 0, 0, 0],
      [0, 0, 0, 0x80],
    ],
  ],
]

describeEachStore('getInto', (core) => {
  it('gives the object it was given, with what get gives', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)])
    const target = fullRecord(9)
    for (const index of [2, 0, 1]) {
      expect(store.getInto(index, target)).toBe(target)
      expect(target).toStrictEqual(storedFull(index))
      expect(target).toStrictEqual(store.get(index))
    }
  })

  it('gives every value of every field', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    const target = fullRecord(9)
    for (const property of properties) {
      for (const value of GOOD_VALUES[property] ?? []) {
        const record = { ...fullRecord(0), [property]: value }
        store.set(0, record)
        expect(store.getInto(0, target)).toStrictEqual(storedRecord(schema, record))
      }
    }
  })

  it('leaves what is no field alone, in objects of any kind', () => {
    const store = core.createWith('Full', [fullRecord(1)])
    const secret = Symbol('secret')
    const target = { before: 1, ...fullRecord(0), after: 'x', [secret]: 2 }
    const keys = Reflect.ownKeys(target)
    store.getInto(0, target)
    expect(target).toStrictEqual({ before: 1, ...storedFull(1), after: 'x', [secret]: 2 })
    expect(Reflect.ownKeys(target)).toEqual(keys)
    const bare = Object.create(null) as AnyRecord
    expect(Object.keys(store.getInto(0, bare))).toEqual(properties)
    class Holder {
      code = ''
    }
    expect(store.getInto(0, new Holder() as unknown as AnyRecord)).toBeInstanceOf(Holder)
  })

  it('assigns each field once, in order', () => {
    const store = core.createWith('Full', [fullRecord(1)])
    const { target, assigned } = untouchable()
    store.getInto(0, target)
    expect(assigned).toEqual(properties)
  })

  it('gives bytes that are no view of the file', () => {
    const store = core.createWith('Full', [fullRecord(1)])
    const { blob } = store.getInto(0, fullRecord(0)) as { blob: Uint8Array }
    blob.fill(0)
    expect(store.get(0)).toStrictEqual(storedFull(1))
  })

  describe.each(SPOILED)('where %s is not a value', (property, code, cases) => {
    it.each(cases.map((bytes) => [bytes]))('but bytes %j, throws before it assigns anything', (bytes) => {
      const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
      regionOf(store).set(bytes, fieldOffsetBytes(store, 1, property))
      const { target, assigned } = untouchable()
      expectError(() => store.getInto(1, target), code, {
        record: 1,
        field: property,
      })
      expect(assigned).toEqual([])
      expect(store.getInto(0, fullRecord(5))).toStrictEqual(storedFull(0))
    })
  })

  it('refuses indices as get does, and leaves the object alone', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    const { target, assigned } = untouchable()
    for (const index of [...MISSING_INDICES, ...MISTYPED_INDICES, 1]) {
      const code = typeof index === 'number' ? 'ERR_OUT_OF_BOUNDS' : 'ERR_TYPE_MISMATCH'
      expectRefusal(store, () => store.getInto(index as number, target), code)
    }
    store.close()
    expectError(() => store.getInto(0, target), 'ERR_CLOSED')
    expect(assigned).toEqual([])
  })

  it.each([null, undefined, 5, 'text', true, 1n, Symbol('target')])('refuses %o as the object', (target) => {
    const store = core.createWith('Full', [fullRecord(0)])
    expectRefusal(store, () => store.getInto(0, target as unknown as AnyRecord), 'ERR_TYPE_MISMATCH')
  })

  it('into an object whose setters use the store gives one snapshot', () => {
    const store = core.createWith('Full', [fullRecord(0)], { capacity: 1 })
    const taken: AnyRecord = {}
    const target = Object.defineProperties(
      {} as AnyRecord,
      Object.fromEntries(
        properties.map((name) => [
          name,
          {
            set: (value: unknown) => {
              taken[name] = value
              store.set(0, fullRecord(7))
              for (let i = 0; i < 10; i++) store.append(fullRecord(8))
            },
          },
        ]),
      ),
    )
    store.getInto(0, target)
    expect(taken).toStrictEqual(storedFull(0))
    expect(store.get(0)).toStrictEqual(storedFull(7))
    expect(store.length).toBe(1 + 10 * properties.length)
  })
})

/** What a caller sees of a failure does not depend on how the class was made: the same code, place and words. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { closureStore } from '../../../src/codegen/closures/store.ts'
import { emittedStore } from '../../../src/codegen/compile.ts'
import { MmapForgeError } from '../../../src/errors.ts'
import { defineRecord } from '../../../src/schema/definition.ts'
import { FullStore } from '../../fixtures/annotated.store.ts'
import { fullRecord, schemaOf } from '../../store/support/context.ts'
import { BAD_VALUES, MISSING_INDICES, MISTYPED_INDICES } from '../../store/support/values.ts'
import {
  type AnyRecord,
  type AnyStore,
  type AnyStoreClass,
  access,
  regionOf,
} from '../../support/any-store.ts'

const schema = schemaOf('Full')

const CLASSES: readonly AnyStoreClass[] = [
  FullStore as unknown as AnyStoreClass,
  emittedStore(defineRecord(schema)),
  closureStore(defineRecord(schema)),
]

type Action = (store: AnyStore) => unknown

/** What each implementation does, on a store of its own with two records. */
function outcomes(action: Action): unknown[] {
  return CLASSES.map((each) => {
    const store = each.create(':memory:', { stallTimeoutMs: 1 })
    onTestFinished(() => store.close())
    store.append(fullRecord(0))
    store.append(fullRecord(1))
    try {
      return { result: action(store) }
    } catch (error) {
      if (!(error instanceof MmapForgeError)) throw error
      const { code, message, path, record, field } = error
      return { code, message, path, record, field }
    }
  })
}

/** @param code of the failure; undefined where there is none */
function expectAlike(action: Action, code?: string): void {
  const [first, ...others] = outcomes(action)
  expect(first).toHaveProperty(code === undefined ? 'result' : 'code', ...(code === undefined ? [] : [code]))
  for (const other of others) expect(other).toStrictEqual(first)
}

describe.each(schema.fields)('field $property', ({ property }) => {
  it('refuses values alike', () => {
    for (const [value, code] of BAD_VALUES[property] ?? []) {
      expectAlike((store) => access(store, 'set', property, 1, value), code)
      expectAlike((store) => store.set(1, { ...fullRecord(), [property]: value }), code)
      expectAlike((store) => store.update(1, { [property]: value }), code)
      expectAlike((store) => store.append({ ...fullRecord(), [property]: value }), code)
    }
  })

  it('refuses indices alike', () => {
    for (const index of [...MISSING_INDICES, ...MISTYPED_INDICES, 2] as number[]) {
      const code = typeof index === 'number' ? 'ERR_OUT_OF_BOUNDS' : 'ERR_TYPE_MISMATCH'
      expectAlike((store) => access(store, 'get', property, index), code)
      expectAlike((store) => access(store, 'set', property, index, fullRecord()[property]), code)
    }
  })
})

it('what is stored but no value is refused alike, the first such field named', () => {
  const spoil = (store: AnyStore): void => {
    regionOf(store).fill(0xff, 64 + 408 + 8, 64 + 2 * 408)
  }
  for (const { property } of schema.fields) {
    const [first, ...others] = outcomes((store) => {
      spoil(store)
      return access(store, 'get', property, 1)
    })
    for (const other of others) expect(other).toStrictEqual(first)
  }
  expectAlike((store) => {
    spoil(store)
    return store.get(1)
  }, 'ERR_INVALID_BOOL')
})

const afterClose =
  (action: Action): Action =>
  (store) => {
    store.close()
    return action(store)
  }

const PRECEDENCE: readonly (readonly [string, string, Action])[] = [
  ['set: the index before the value', 'ERR_OUT_OF_BOUNDS', (store) => store.set(9, {} as AnyRecord)],
  [
    'setter: the index before the value',
    'ERR_OUT_OF_BOUNDS',
    (store) => access(store, 'set', 'tiny', 9, 999),
  ],
  [
    'set: the first of two bad values',
    'ERR_STRING_TOO_LONG',
    (store) => store.set(0, { ...fullRecord(), code: 'too long', blob: 1 }),
  ],
  ['append: a missing field', 'ERR_TYPE_MISMATCH', (store) => store.append({ flag: true })],
  ['update: the index before the value', 'ERR_OUT_OF_BOUNDS', (store) => store.update(9, { tiny: 999 })],
  ['update: a value', 'ERR_VALUE_OUT_OF_RANGE', (store) => store.update(0, { tiny: 999 })],
  ['update: an index', 'ERR_OUT_OF_BOUNDS', (store) => store.update(9, { tiny: 9 })],
  ['update: an unknown field', 'ERR_TYPE_MISMATCH', (store) => store.update(0, { tinny: 9 })],
  ['set after close, whatever the value', 'ERR_CLOSED', afterClose((store) => store.set(0, {} as AnyRecord))],
  [
    'get after close, whatever the index',
    'ERR_CLOSED',
    afterClose((store) => store.get('x' as unknown as number)),
  ],
]

it.each(PRECEDENCE)('%s: %s', (_, code, action) => {
  expectAlike(action, code)
})

it('results are alike too', () => {
  expectAlike((store) => store.append(fullRecord(3)))
  expectAlike((store) => [...store])
  expectAlike((store) => store.update(0, {}))
  expectAlike((store) => schema.fields.map(({ property }) => access(store, 'get', property, 1)))
})

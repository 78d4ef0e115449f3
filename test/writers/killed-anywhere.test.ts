/**
 * Every kind of write, by a writer that is killed before each of its stores in turn, to the record or to its slot of the
 * journal: whoever comes next finds the record as it was before the write or as it is after it, and everything else as it was.
 */
import { defineStore, float64, str, uint53 } from 'mmapforge'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  type AnyRecord,
  type AnyStore,
  type AnyStoreClass,
  access,
  openedOf,
  recordOffsetBytes,
  regionOf,
} from '../support/any-store.ts'
import { fastPath } from '../support/temp.ts'
import { MANY, releaseLocks, SMALL } from './many/support.ts'

/** Its image is always whole. */
const SmallStore = defineStore('Small', { version: 1 }, { text: str(12), total: uint53, price: float64 })
/** Its image is of the words that a write changes, the greatest of which are copied natively. */
const LargeStore = defineStore(
  'Large',
  { version: 1 },
  { text: str(12), total: uint53, price: float64, rest: str(260) },
)

const INDEX = 1
const recordOf = (n: number) => ({ text: `text ${n}`, total: n * 2 ** 40 + n, price: n, rest: `rest ${n}` })

const WRITES: Readonly<Record<string, (store: AnyStore) => unknown>> = {
  set: (store) => store.set(INDEX, recordOf(7)),
  update: (store) => store.update(INDEX, { total: 7, price: 7 }),
  'set of a text': (store) => access(store, 'set', 'text', INDEX, 'seven'),
  'set of a number': (store) => access(store, 'set', 'price', INDEX, 7),
  'set of a number of two halves': (store) => access(store, 'set', 'total', INDEX, 7),
  add: (store) => access(store, 'add', 'price', INDEX, 7),
  'add to both halves': (store) => access(store, 'add', 'total', INDEX, 7 * 2 ** 40),
  'compareAndSet of a number': (store) => access(store, 'compareAndSet', 'price', INDEX, 1, 7),
  compareAndSet: (store) => access(store, 'compareAndSet', 'text', INDEX, 'text 1', 'seven'),
  'compareAndSet in vain': (store) => access(store, 'compareAndSet', 'text', INDEX, 'other', 'seven'),
  modify: (store) => store.modify(INDEX, () => recordOf(7)),
  append: (store) => store.append(recordOf(7)),
  appendMany: (store) => store.appendMany([recordOf(7), recordOf(8)]),
}

/** What a writer has done before, which may have left its slot in any state. */
const EARLIER: Readonly<Record<string, (store: AnyStore) => unknown>> = {
  nothing: () => undefined,
  'a set': (store) => store.set(0, recordOf(0)),
  'a compareAndSet in vain': (store) => access(store, 'compareAndSet', 'text', INDEX, 'other', ''),
  'a number of two halves': (store) => access(store, 'set', 'total', 0, 0),
  // Where the counter was to become even again, which is the last call of a write.
  'a set that an exhausted stack cut short': cutSetShort,
}

class Killed extends Error {}

/** A store to the memory that a writer shares: which array has the word, its index, and what becomes of it. */
type Step = (array: object, at: PropertyKey, value: unknown) => void

/**
 * Has a writer write, and ends it before the first of its stores at which `step` throws.
 *
 * @returns whether there was none
 */
function runUntil(store: AnyStore, step: Step, write: (store: AnyStore) => unknown): boolean {
  const targets = new Map<unknown, object>()
  const watched = (target: object): object => {
    const proxy = new Proxy(target, {
      get: (_, key) => {
        const value = Reflect.get(target, key) as unknown
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          // Natively, and so in one step.
          if (key === 'set' || key === 'fill') step(target, key, args)
          return (value as (...args: unknown[]) => unknown).apply(target, args)
        }
      },
      set: (_, key, value) => {
        step(target, key, value)
        return Reflect.set(target, key, value)
      },
    })
    targets.set(proxy, target)
    return proxy
  }
  const restore: (() => void)[] = []
  const watch = (owner: object, keys: readonly string[]): void => {
    const values = owner as Record<string, object>
    for (const key of keys) {
      const value = values[key] as object
      values[key] = watched(value)
      restore.push(() => {
        values[key] = value
      })
    }
  }
  const watchAtomics = (key: 'store' | 'compareExchange'): void => {
    const original = Atomics[key] as (array: object, at: number, ...values: number[]) => number
    const replaced = (array: object, at: number, ...values: number[]): number => {
      const target = targets.get(array)
      if (target !== undefined) step(target, at, values.at(-1))
      return original(target ?? array, at, ...values)
    }
    Object.assign(Atomics, { [key]: replaced })
    restore.push(() => Object.assign(Atomics, { [key]: original }))
  }
  const { writer } = openedOf(store)
  watch(store, ['u8', 'i32', 'u32', 'f64', 'slot', 'appender'])
  watch(writer, ['slot'])
  if (writer.journal !== undefined) watch(writer.journal, ['words'])
  watchAtomics('store')
  watchAtomics('compareExchange')
  try {
    write(store)
    return true
  } catch (error) {
    if (!(error instanceof Killed)) throw error
    return false
  } finally {
    for (const each of restore) each()
  }
}

/** Kills a writer before one of its stores. @returns whether it was done by then */
function killBefore(store: AnyStore, storeCount: number, write: (store: AnyStore) => unknown): boolean {
  let done = 0
  const step = (): void => {
    if (done++ >= storeCount) throw new Killed()
  }
  return runUntil(store, step, write)
}

/** Cuts a set short where the counter was to become even again, as an exhausted stack may, in a writer that lives on. */
function cutSetShort(store: AnyStore): void {
  const { i32 } = store as unknown as { readonly i32: Int32Array }
  const counter = recordOffsetBytes(store, INDEX) / 4
  const step: Step = (array, at, value) => {
    if (array === i32 && Number(at) === counter && ((value as number) & 1) === 0) throw new Killed()
  }
  const torn = { ...recordOf(9), total: 9 }
  expect(runUntil(store, step, () => store.set(INDEX, torn))).toBe(false)
}

const counterOf = (store: AnyStore, index: number): number =>
  new Uint32Array(regionOf(store).slice(recordOffsetBytes(store, index)).buffer)[0] as number

function fits(fields: AnyStoreClass['definition'], record: AnyRecord): AnyRecord {
  return Object.fromEntries(fields.layout.fields.map(({ property }) => [property, record[property]]))
}

const WRITERS = { one: SMALL, many: MANY } as const

describe.each(Object.entries({ small: SmallStore, large: LargeStore }))('a %s record', (_, typed) => {
  const Store = typed as unknown as AnyStoreClass
  const given = [0, 1, 2].map((n) => fits(Store.definition, recordOf(n)))

  function opened(path: string, options: object): AnyStore {
    const store = Store.open(path, { ...options, stallTimeoutMs: 1000 })
    onTestFinished(() => store.close())
    return store
  }

  function expectOneOf(store: AnyStore, outcomes: readonly AnyRecord[][], what: string): void {
    expect(outcomes, what).toContainEqual([...store])
    for (let index = 0; index < store.length; index++) expect(counterOf(store, index) & 1, what).toBe(0)
    // Nothing is left in the way of what comes next.
    store.set(INDEX, recordOf(3))
    store.append(recordOf(4))
    expect(store.get(INDEX)).toEqual(fits(Store.definition, recordOf(3)))
    expect(store.get(store.length - 1)).toEqual(fits(Store.definition, recordOf(4)))
  }

  describe.each(Object.entries(WRITERS))('of one of %s', (mode, options) => {
    it.each(Object.entries(WRITES))('%s', (name, write) => {
      for (const [before, prepare] of Object.entries(EARLIER)) {
        const whole = Store.create(':memory:')
        whole.appendMany(given)
        write(whole)
        const outcomes = [given, [...whole]]
        whole.close()
        let isDone = false
        let steps = 0
        for (; !isDone; steps++) {
          for (const survivor of mode === 'one' ? ['next'] : ['next', 'beside']) {
            const path = fastPath()
            const made = Store.create(path, options)
            made.appendMany(given)
            // A first write makes the journal of one writer.
            made.set(2, recordOf(2))
            prepare(made)
            const what = `${name} after ${before}, killed before store ${steps}, ${survivor}`
            const other = survivor === 'beside' ? opened(path, options) : undefined
            isDone = killBefore(made, steps, write)
            releaseLocks(made as never)
            expectOneOf(other ?? opened(path, options), outcomes, what)
            made.close()
          }
        }
        expect(steps).toBeGreaterThan(3)
      }
    })
  })
})

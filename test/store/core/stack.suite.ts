/** Core suite: operations that run out of stack at any point, as in a deep recursion of the caller's. */
import { expect, it } from 'vitest'
import { access } from '../../support/any-store.ts'
import { expectRecord, expectRecords } from '../../support/model.ts'
import { type CoreContext, fullRecord, schemaOf, storedFull } from '../support/context.ts'

/** Frames differ by less than this many words, so that an operation meets the end of the stack everywhere. */
const SHIFTS = 24
/** Calls with enough stack that end a descent. */
const SUCCESSES = 2

/**
 * Calls `operation` at the very end of the stack, then with a little more left each time, until it succeeds.
 *
 * @returns how often it ran out of stack
 */
export function exhaust(operation: () => void): number {
  const errors: unknown[] = []
  let isOdd = false
  for (let shift = 0; shift < SHIFTS; shift++) {
    let successes = 0
    // Nothing is called here but the operation: at the end of the stack, that would fail too.
    const dig = (): void => {
      try {
        dig()
      } catch {
        // The end of the stack is where it starts.
      }
      if (successes >= SUCCESSES || isOdd) return
      try {
        operation()
        successes++
      } catch (error) {
        errors[errors.length] = error
        isOdd ||= (error as Error).constructor !== RangeError && (error as Error).constructor !== TypeError
      }
    }
    const shifted = (..._words: number[]): void => dig()
    shifted(...Array.from({ length: shift }, () => 0))
  }
  expect(errors.filter((error) => !isStackOverflow(error))).toEqual([])
  return errors.length
}

/**
 * V8 and JavaScriptCore both throw a RangeError. The test runner turns imports into calls of getters, which swallow it
 * and give undefined, for the accessors to call.
 */
function isStackOverflow(error: unknown): boolean {
  const { name, message } = error as Error
  return name === 'RangeError' ? /call stack/i.test(message) : /is not a function/.test(message)
}

/** Recursion that no compiler unrolls. */
function recurse(depth: number): number {
  return depth === 0 ? 0 : 1 + recurse(depth - 1)
}

export function describeStackOverflow(core: CoreContext): void {
  const schema = schemaOf('Full')

  const operations: Readonly<Record<string, (store: ReturnType<CoreContext['create']>) => void>> = {
    set: (store) => store.set(1, fullRecord(5)),
    update: (store) => store.update(1, { text: 'é'.repeat(40), price: 5, blob: new Uint8Array(50) }),
    'set of a text': (store) => access(store, 'set', 'text', 1, 'é'.repeat(40)),
    'set of a number': (store) => access(store, 'set', 'price', 1, 5),
  }

  // Compilers may leave a single operation no call of its own, so each of them is not bound to fail.
  it('happens in this test', () => {
    expect(exhaust(() => recurse(30))).toBeGreaterThan(SHIFTS)
  })

  it.each(Object.keys(operations))('%s leaves the store usable for its writer', (name) => {
    const operation = operations[name] as (typeof operations)[string]
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1), fullRecord(2)], {
      stallTimeoutMs: 200,
    })
    exhaust(() => operation(store))
    store.set(1, fullRecord(7))
    expectRecords(store, schema, [storedFull(0), storedFull(7), storedFull(2)])
    store.append(fullRecord(3))
    expectRecord(store, schema, 3, storedFull(3))
  })

  it('reads change nothing', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)], { stallTimeoutMs: 200 })
    const reads = (): void => {
      store.get(1)
      access(store, 'get', 'text', 0)
      access(store, 'view', 'blob', 0)
    }
    exhaust(reads)
    expectRecords(store, schema, [storedFull(0), storedFull(1)])
  })

  it('append adds whole records or none, growth included', () => {
    const store = core.create('Full', { capacity: 1, stallTimeoutMs: 200 })
    let appended = 0
    exhaust(() => {
      store.append(fullRecord(appended % 50))
      appended++
    })
    // An append may run out of stack on its way back, its record counted.
    const { length } = store
    expect(length).toBeGreaterThanOrEqual(appended)
    for (let i = 0; i < 300; i++) expect(store.append(fullRecord(i % 50))).toBe(length + i)
    const variants = new Set(Array.from({ length: 50 }, (_, i) => storedFull(i)['code']))
    for (const record of store) expect(variants).toContain(record['code'])
    expect(store.length).toBe(length + 300)
    for (let i = 0; i < 300; i++) expectRecord(store, schema, length + i, storedFull(i % 50))
  })

  it('growth at the end of the stack is done whole or not at all', () => {
    for (let round = 0; round < 6; round++) {
      const store = core.create('Flag', { capacity: 2 ** (round + 5), reserve: 1 })
      for (let i = 0; i < 2 ** (round + 5); i++) store.append({ on: i % 2 === 0 })
      const counted = store.length
      exhaust(() => store.append({ on: true }))
      const flags = Array.from(store, ({ on }) => on)
      expect(flags).toHaveLength(store.length)
      expect(flags).toEqual(flags.map((_, i) => (i < counted ? i % 2 === 0 : true)))
      for (let i = 0; i < 1000; i++) store.append({ on: false })
      expect(Array.from(store.records(flags.length), ({ on }) => on)).toEqual(new Array(1000).fill(false))
      store.close()
    }
  })
}

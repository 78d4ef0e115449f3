/** A stack that is exhausted at any call of a write, in the only writer: records whose images are whole, and those with parts. */
import { describe, expect, it, vi } from 'vitest'
import { counterWordOf } from '../../src/format/words.ts'
import { HotRecords } from '../../src/store/hot-records.ts'
import { MarketCapStore, TickStore } from '../fixtures/annotated.store.ts'
import { type AnyRecord, type AnyStore, type AnyStoreClass, access, openedOf } from '../support/any-store.ts'
import { fastPath } from '../support/temp.ts'
import { TICK } from '../support/tick-files.ts'
import { SMALL } from './many/support.ts'

const RECORDS = {
  small: {
    Store: MarketCapStore as unknown as AnyStoreClass,
    before: { id: 1n, price: 1, volume: 1, marketCap: 1, stale: false },
    after: { id: 2n, price: 2, volume: 2, marketCap: 2, stale: true },
    patch: { id: 2n, marketCap: 2 },
  },
  large: {
    Store: TickStore as unknown as AnyStoreClass,
    before: { symbol: 'before', price: 1, volume: 1, timestamp: 1n },
    after: { symbol: 'é'.repeat(30), price: 2, volume: 2, timestamp: 2n },
    patch: { symbol: 'after', volume: 2 },
  },
}

const INDEX = 1

describe.each(Object.entries(RECORDS))(
  'of a %s record, an exhausted stack',
  (_, { Store, before, after, patch }) => {
    const WRITES: Readonly<Record<string, [(store: AnyStore) => unknown, AnyRecord]>> = {
      set: [(store) => store.set(INDEX, after), after],
      update: [(store) => store.update(INDEX, patch), { ...before, ...patch }],
      'set of a number': [(store) => access(store, 'set', 'price', INDEX, 2), { ...before, price: 2 }],
      compareAndSet: [
        (store) => access(store, 'compareAndSet', 'price', INDEX, 1, 2),
        { ...before, price: 2 },
      ],
      modify: [(store) => store.modify(INDEX, () => after), after],
    }

    it.each(Object.entries(WRITES))('in %s leaves what was or what is to be', (_name, [write, written]) => {
      let failureCount = 0
      // With a journal already, and without one; the next to look at the record is this store, or whoever opens it next.
      for (const isFirst of [true, false]) {
        for (const isRead of [true, false]) {
          let successCount = 0
          for (let level = 0; successCount < 3; level++) {
            const path = fastPath()
            using store = Store.create(path, { ...SMALL, stallTimeoutMs: 200 })
            store.appendMany([before, before, before])
            if (!isFirst) store.set(0, before)
            if (failsAt(level, () => write(store))) failureCount++
            else successCount++
            if (isRead) expect([before, written]).toContainEqual(store.get(INDEX))
            const { i32 } = store as unknown as { readonly i32: Int32Array }
            const word = counterWordOf(INDEX, openedOf(store).definition.layout.recordSizeBytes)
            if (isRead) expect((i32[word] as number) & 1).toBe(0)
            // Nothing is left in the way of what comes next.
            store.set(0, after)
            store.append(after)
            store.close()
            using next = Store.open(path, SMALL)
            expect([before, written]).toContainEqual(next.get(INDEX))
            expect([next.get(0), next.get(2), next.get(3)]).toEqual([after, before, after])
            if (isRead) expect(next.recovered).toEqual([])
          }
        }
      }
      expect(failureCount).toBeGreaterThan(0)
    })
  },
)

it.each(['one', 'many'] as const)(
  'an appendMany that is refused a call leaves appends as they were, writers: %s',
  (writers) => {
    using store = TickStore.create(fastPath(), { ...SMALL, writers })
    for (const refusedCall of [1, 2]) {
      let callCount = 0
      const { adoptCapacity } = HotRecords.prototype as unknown as { adoptCapacity: () => void }
      using _refused = vi
        .spyOn(HotRecords.prototype as unknown as { adoptCapacity: () => void }, 'adoptCapacity')
        .mockImplementation(function (this: HotRecords) {
          if (++callCount === refusedCall) throw new RangeError('Maximum call stack size exceeded')
          adoptCapacity.call(this)
        })
      expect(() => store.appendMany([TICK, TICK])).toThrow(RangeError)
      const { length } = store
      expect(store.append(TICK)).toBe(length)
      expect(store.appendMany([TICK, TICK])).toBe(length + 1)
      expect(store.length).toBe(length + 3)
    }
  },
)

/** Runs an operation once, so many calls above the end of the stack. */
function failsAt(level: number, operation: () => unknown): boolean {
  let levelsLeft = level
  let isFailed = false
  // Nothing is called here but the operation: at the end of the stack, that would fail too.
  const dig = (): void => {
    try {
      dig()
    } catch {
      // The end of the stack is where it starts.
    }
    if (levelsLeft-- !== 0) return
    try {
      operation()
    } catch {
      isFailed = true
    }
  }
  dig()
  return isFailed
}

/** The journal of one writer, and writes that are cut short in one that lives on. */
import { existsSync } from 'node:fs'
import { defineStore, float64, int53, str, uint53 } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../../processes/child.ts'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { tempPath } from '../../support/temp.ts'
import { TICK } from '../../support/tick-files.ts'
import {
  counterAt,
  MANY,
  newStore,
  releaseLocks,
  SMALL,
  type Ticks,
  Writer,
  wordsOf,
} from '../many/support.ts'

const INDEX = 1
const BEFORE = { ...TICK, volume: INDEX }
const NEXT = { symbol: 'a text longer than before', price: -1, volume: -2, timestamp: 2n ** 63n }
const ROLLED_BACK = [{ index: INDEX, outcome: 'rolled-back' }]

const SafeStore = defineStore(
  'Safe',
  { version: 1 },
  { safe: int53, total: uint53, price: float64, text: str(8) },
)

const hasJournal = (path: string): boolean => existsSync(`${path}.journal`)

describe('the journal of one writer', () => {
  it('is made when a write first needs it, and goes with a clean close', () => {
    const path = newStore()
    {
      using store = TickStore.open(path, SMALL)
      store.append(TICK)
      store.appendMany([TICK])
      store.setPrice(INDEX, 1)
      store.addTimestamp(INDEX, 1n)
      store.compareAndSetVolume(INDEX, 1, 2)
      store.get(INDEX)
      expect(codeOf(() => store.set(9, TICK))).toBe('ERR_OUT_OF_BOUNDS')
      expect(codeOf(() => store.setSymbol(0, 'x'.repeat(65)))).toBe('ERR_STRING_TOO_LONG')
      expect(hasJournal(path)).toBe(false)
      store.setSymbol(INDEX, 'first')
      expect(hasJournal(path)).toBe(true)
    }
    expect(hasJournal(path)).toBe(false)
  })

  it.each<[string, (store: Ticks) => unknown]>([
    ['set', (store) => store.set(INDEX, NEXT)],
    ['update', (store) => store.update(INDEX, { price: 1, volume: 2 })],
    ['set of a text', (store) => store.setSymbol(INDEX, 'x')],
    ['compareAndSet of a text', (store) => store.compareAndSetSymbol(INDEX, 'AAPL', 'x')],
    ['modify', (store) => store.modify(INDEX, (record) => ({ ...record, price: 2 }))],
  ])('is needed by %s, and never made with journal: false', (_, write) => {
    const path = newStore()
    for (const journal of [true, false]) {
      using store = TickStore.open(path, { ...SMALL, journal })
      store.set(INDEX, BEFORE)
      store.close()
      using again = TickStore.open(path, { ...SMALL, journal })
      expect(hasJournal(path)).toBe(false)
      write(again)
      expect(hasJournal(path)).toBe(journal)
    }
    using unlocked = TickStore.open(path, { ...SMALL, writers: 'unlocked' })
    write(unlocked)
    expect(hasJournal(path)).toBe(false)
  })

  it.each<[string, (store: InstanceType<typeof SafeStore>) => unknown, boolean]>([
    ['set in the low half', (store) => store.setSafe(0, 5), false],
    ['set of the low half to its greatest', (store) => store.setTotal(0, 2 ** 32 - 1), false],
    ['add in the low half', (store) => store.addTotal(0, 7), false],
    ['set across the halves', (store) => store.setTotal(0, 2 ** 32), true],
    ['set to a negative number', (store) => store.setSafe(0, -1), true],
    ['add across the halves', (store) => store.addTotal(0, 2 ** 40), true],
    ['add to below 0', (store) => store.addSafe(0, -1), true],
    ['compareAndSet across the halves', (store) => store.compareAndSetSafe(0, 0, -1), true],
    ['a refused add', (store) => codeOf(() => store.addTotal(0, -1)), false],
  ])('of integers of 53 bits is needed where both halves change: %s', (_, write, isNeeded) => {
    const path = tempPath()
    using store = SafeStore.create(path, SMALL)
    store.append()
    write(store)
    expect(hasJournal(path)).toBe(isNeeded)
  })

  const DEATHS = {
    'in the middle of a set': ['store', { view: 'u64', method: 'set', args: [INDEX, NEXT] }, ROLLED_BACK],
    'in the middle of a text': ['text', { method: 'setSymbol', args: [INDEX, 'x'] }, ROLLED_BACK],
    'before it sets a number': [
      'store',
      { view: 'f64', method: 'setPrice', args: [INDEX, 9] },
      [{ index: INDEX, outcome: 'released' }],
    ],
    'within a modify, which writes nothing yet': ['modify', { index: INDEX }, []],
  } as const

  it.each(Object.entries(DEATHS))('undoes what a writer died in, %s', async (_, [where, more, outcome]) => {
    const path = newStore()
    const writer = await Writer.start(startProcess, path, SMALL)
    await writer.die(where, more)
    using store = TickStore.open(path, SMALL)
    expect(store.recovered).toEqual(outcome)
    expect([...store]).toEqual([0, 1, 2].map((volume) => ({ ...TICK, volume })))
  })

  it('is not there with journal: false, so that old fields mix with new ones', async () => {
    const path = newStore()
    const writer = await Writer.start(startProcess, path, { ...SMALL, journal: false })
    const [where, more] = DEATHS['in the middle of a set']
    await writer.die(where, more)
    using store = TickStore.open(path, SMALL)
    expect(store.recovered).toEqual([{ index: INDEX, outcome: 'released' }])
    expect(store.get(INDEX)).toEqual({ ...NEXT, timestamp: BEFORE.timestamp })
  })
})

/** Cuts a write short before its last field, as an exhausted stack may. */
function cutShort(store: Ticks, write: (store: Ticks) => unknown): void {
  const views = store as unknown as { u64: BigUint64Array }
  const { u64 } = views
  views.u64 = new Proxy(u64, {
    get: (target, key) => target[key as unknown as number],
    set: () => {
      throw new RangeError('the stack is exhausted')
    },
  })
  expect(() => write(store)).toThrow(new RangeError('the stack is exhausted'))
  views.u64 = u64
}

const CUT_SHORT: Readonly<Record<string, (store: Ticks) => unknown>> = {
  set: (store) => store.set(INDEX, NEXT),
  update: (store) => store.update(INDEX, { symbol: 'x', timestamp: 3n }),
  modify: (store) => store.modify(INDEX, () => NEXT),
}

describe.each([
  ['one writer', SMALL],
  ['one of many writers', MANY],
])('%s whose write was cut short', (_, options) => {
  const isShared = options === MANY
  /** A modify of many lets its record go itself, as it was. */
  const outcomeOf = (name: string): unknown => (isShared && name === 'modify' ? [] : ROLLED_BACK)

  describe.each(Object.entries(CUT_SHORT))('in %s', (name, write) => {
    it.each<[string, (store: Ticks) => void]>([
      ['reads it', (store) => expect(store.get(INDEX)).toEqual(BEFORE)],
      ['adds to it', (store) => expect(store.addTimestamp(INDEX, 1n)).toBe(2n)],
      ['sets a number of it', (store) => store.setPrice(INDEX, 4)],
      ['sets it', (store) => store.set(INDEX, NEXT)],
      ['sets a text of another', (store) => store.setSymbol(0, 'another')],
    ])('finds the record as it was before when it next %s, however short of time', (_what, use) => {
      const path = newStore()
      using store = TickStore.open(path, { ...options, stallTimeoutMs: 0 })
      cutShort(store, write)
      use(store)
      const { recovered } = store
      expect(recovered).toEqual(outcomeOf(name))
      if (store.getVolume(INDEX) !== NEXT.volume) {
        const { price, timestamp } = store.get(INDEX)
        expect(store.get(INDEX)).toEqual({ ...BEFORE, price, timestamp })
      }
      expect((wordsOf(store)[counterAt(INDEX)] as number) & 1).toBe(0)
      store.close()
      using next = TickStore.open(path, SMALL)
      expect(next.recovered).toEqual([])
    })

    it('leaves it as it was, when it closes the store or is gone', () => {
      for (const isClosed of [true, false]) {
        const path = newStore()
        const store = TickStore.open(path, options)
        cutShort(store, write)
        if (isClosed) store.close()
        else releaseLocks(store)
        using next = TickStore.open(path, SMALL)
        expect(next.get(INDEX)).toEqual(BEFORE)
        expect([...store.recovered, ...next.recovered]).toEqual(outcomeOf(name))
      }
    })
  })
})

/** Counters about to come round: among many writers no odd one is ever had twice, so both halves count. */

import { writeFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { counterOf, setCounter, TICK } from '../../support/tick-files.ts'
import { forgetClosing, imageOf, journalBytes, namedLow, tear, writeSlot } from '../journal/support.ts'
import { dieInRecord, locksOf, MANY, newStore, SMALL, type Ticks } from './support.ts'

const INDEX = 1
const BEFORE = { ...TICK, volume: INDEX }
const LAST_EVEN = 2 ** 32 - 2
const LAST_ODD = 2 ** 32 - 1
const LAST_HIGH = 2 ** 32 - 1
const ROLLED_BACK = [{ index: INDEX, outcome: 'rolled-back' }]

function opened(path: string, options: object = MANY): Ticks {
  const store = TickStore.open(path, options)
  onTestFinished(() => store.close())
  return store
}

const WRITES: Readonly<Record<string, (store: Ticks) => unknown>> = {
  set: (store) => store.set(INDEX, BEFORE),
  'set of a number': (store) => store.setPrice(INDEX, TICK.price),
  'set of a text': (store) => store.setSymbol(INDEX, TICK.symbol),
  add: (store) => store.addTimestamp(INDEX, 0n),
  compareAndSet: (store) => store.compareAndSetSymbol(INDEX, TICK.symbol, TICK.symbol),
  'compareAndSet in vain': (store) => store.compareAndSetSymbol(INDEX, 'other', ''),
  'add out of range': (store) => codeOf(() => store.addTimestamp(INDEX, -2n)),
  modify: (store) => store.modify(INDEX, (record) => record),
}

describe.each(Object.entries(WRITES))('%s among many writers', (_, write) => {
  it.each([
    [
      [0, 0],
      [2, 0],
    ],
    [
      [LAST_EVEN - 2, 7],
      [LAST_EVEN, 7],
    ],
    [
      [LAST_EVEN, 0],
      [2, 1],
    ],
    [
      [LAST_EVEN, 2 ** 31 - 1],
      [2, 2 ** 31],
    ],
    [
      [LAST_EVEN, LAST_HIGH],
      [2, 0],
    ],
  ] as const)('leads from %j to %j, and on', (from, to) => {
    const path = newStore()
    const [store, other] = [opened(path), opened(path)]
    const [low, high] = from
    setCounter(path, INDEX, low, high)
    write(store)
    expect(counterOf(path, INDEX)).toEqual(to)
    write(other)
    expect(counterOf(path, INDEX)).toEqual(to[0] === LAST_EVEN ? [2, to[1] + 1] : [to[0] + 2, to[1]])
    for (const each of [store, other]) {
      expect(each.get(INDEX)).toEqual(BEFORE)
      expect(each.recovered).toEqual([])
    }
  })
})

describe('a writer that dies where the counter comes round', () => {
  it.each([true, false])('is taken over from; with an image: %s', (hasImage) => {
    const path = newStore()
    const store = opened(path)
    setCounter(path, INDEX, LAST_EVEN, 6)
    dieInRecord(TickStore.open(path, MANY), INDEX, hasImage)
    expect(counterOf(path, INDEX)).toEqual([1, 7])
    expect(store.get(INDEX)).toEqual(BEFORE)
    expect(counterOf(path, INDEX)).toEqual([2, 7])
    expect(store.recovered).toEqual([{ index: INDEX, outcome: hasImage ? 'rolled-back' : 'released' }])
  })

  it('is rolled back by a name of this round only', () => {
    const path = newStore()
    const store = opened(path, { ...MANY, stallTimeoutMs: 0 })
    // A writer that is alone would release a record that nobody names.
    opened(path, MANY)
    const image = imageOf(path, INDEX)
    setCounter(path, INDEX, 1, 7)
    tear(path, INDEX)
    for (const high of [6, 8, 0]) {
      writeSlot(path, 2, { index: INDEX, low: 1, high, image })
      expect(codeOf(() => store.get(INDEX))).toBe('ERR_WRITER_STALLED')
    }
    writeSlot(path, 2, { index: INDEX, low: 1, high: 7, image })
    expect(store.get(INDEX)).toEqual(BEFORE)
    expect(store.recovered).toEqual(ROLLED_BACK)
  })
})

describe('a living writer whose record had the same low half in another round', () => {
  it.each([
    ...Object.entries(WRITES),
    ['get', (store: Ticks) => store.get(INDEX)] as const,
    ['append', (store: Ticks) => store.append(TICK)] as const,
    ['set of another', (store: Ticks) => store.set(0, TICK)] as const,
  ])('keeps it: %s', (_, use) => {
    const path = newStore()
    const store = opened(path, { ...MANY, stallTimeoutMs: 0 })
    store.setPrice(INDEX, TICK.price)
    const named = [namedLow(path, 0), 1] as const
    const { slots } = locksOf(path)
    expect(slots.tryTake(1)).toBe(true)
    writeSlot(path, 1, { index: INDEX, low: named[0], high: named[1] })
    setCounter(path, INDEX, ...named)
    try {
      use(store)
    } catch (error) {
      expect(error).toHaveProperty('code', 'ERR_WRITER_STALLED')
    }
    expect(counterOf(path, INDEX)).toEqual(named)
    expect(store.recovered).toEqual([])
  })
})

describe('one writer', () => {
  it('leaves the high half alone, as the original does', () => {
    const path = newStore()
    const store = opened(path, SMALL)
    setCounter(path, INDEX, LAST_EVEN, 6)
    store.set(INDEX, BEFORE)
    expect(counterOf(path, INDEX)).toEqual([0, 6])
    store.setPrice(INDEX, TICK.price)
    expect(counterOf(path, INDEX)).toEqual([2, 6])
    expect(store.get(INDEX)).toEqual(BEFORE)
  })

  it.each(['one', 'many'] as const)(
    'that died at the greatest odd counter is rolled back, by the next with writers: %s',
    (writers) => {
      const path = newStore()
      const image = imageOf(path, INDEX)
      setCounter(path, INDEX, LAST_ODD, 6)
      tear(path, INDEX)
      forgetClosing(path)
      writeFileSync(`${path}.journal`, journalBytes(path, { index: INDEX, low: LAST_ODD, high: 6, image }))
      const store = opened(path, { ...SMALL, writers })
      expect(store.recovered).toEqual(ROLLED_BACK)
      expect(store.get(INDEX)).toEqual(BEFORE)
      expect(counterOf(path, INDEX)).toEqual([0, 6])
    },
  )
})

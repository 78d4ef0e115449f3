/** Parts of the core suite among many writers: callers that do what nobody should, and stacks that run out. */
import { describe, expect, it } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { describeHostile } from '../../store/core/hostile.suite.ts'
import { describeStackOverflow, exhaust } from '../../store/core/stack.suite.ts'
import { contextOf } from '../../store/support/context.ts'
import { IMPLEMENTATIONS } from '../../store/support/implementations.ts'
import { TICK } from '../../support/tick-files.ts'
import { MANY, newStore } from './support.ts'

for (const [name, make] of Object.entries(IMPLEMENTATIONS)) {
  describe(`${name}, many writers`, () => {
    const context = contextOf({ name, make, path: 'file', options: { writers: 'many' } })
    describe('hostile callers', () => describeHostile(context))
    describe('an exhausted stack', () => describeStackOverflow(context))
  })
}

describe('an exhausted stack of one of many writers', () => {
  const NEXT = { ...TICK, symbol: 'é'.repeat(20), price: 5 }
  it.each<[string, (store: InstanceType<typeof TickStore>) => unknown]>([
    ['set', (store) => store.set(1, NEXT)],
    ['add', (store) => store.addPrice(1, 1)],
    ['compareAndSet', (store) => store.compareAndSetSymbol(1, 'nothing', 'AAPL')],
    ['modify', (store) => store.modify(1, () => NEXT)],
  ])('in %s leaves nothing that keeps the others out, once it has gone on', (_, operation) => {
    const path = newStore()
    using store = TickStore.open(path, MANY)
    using other = TickStore.open(path, { ...MANY, stallTimeoutMs: 1000 })
    expect(exhaust(() => operation(store))).toBeGreaterThan(0)
    store.setPrice(0, 1)
    const { symbol } = other.get(1)
    expect(['AAPL', NEXT.symbol]).toContain(symbol)
    other.set(1, TICK)
    expect(store.get(1)).toEqual(TICK)
    expect(other.append(TICK)).toBe(3)
  })

  it('in append leaves nothing that keeps the others from it, once it has gone on', () => {
    const path = newStore()
    using store = TickStore.open(path, MANY)
    using other = TickStore.open(path, { ...MANY, stallTimeoutMs: 1000 })
    expect(exhaust(() => store.append(NEXT))).toBeGreaterThan(0)
    const { length } = store
    expect(store.append(TICK)).toBe(length)
    expect(other.append(TICK)).toBe(length + 1)
    for (const record of other.records(3, length)) expect(record).toEqual(NEXT)
  })
})

/** Many writers at one record: one at a time, whoever they are, and nobody waits for ever. */
import { describe, expect, it } from 'vitest'
import { BESIDE, startProcess } from '../../processes/child.ts'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { expectError } from '../../support/expect-error.ts'
import { TICK } from '../../support/tick-files.ts'
import { counterAt, MANY, newStore, SMALL, STALL_MS, type Ticks, Writer, wordsOf } from './support.ts'

/** Every way to write record `i`. */
const WRITES: Readonly<Record<string, (store: Ticks, i: number) => unknown>> = {
  set: (store, i) => store.set(i, { ...TICK, price: 7 }),
  update: (store, i) => store.update(i, { price: 7 }),
  'set of a number': (store, i) => store.setPrice(i, 7),
  'set of a text': (store, i) => store.setSymbol(i, 'NEW'),
  'set by a cursor': (store, i) => {
    store.cursor().seek(i).price = 7
  },
  add: (store, i) => store.addPrice(i, 7),
  compareAndSet: (store, i) => store.compareAndSetSymbol(i, 'AAPL', 'NEW'),
  modify: (store, i) => store.modify(i, (record) => ({ ...record, price: 7 })),
}

/** Every way to read it. */
const READS: Readonly<Record<string, (store: Ticks, i: number) => unknown>> = {
  get: (store, i) => store.get(i),
  getInto: (store, i) => store.getInto(i, { ...TICK }),
  'get of a number': (store, i) => store.getPrice(i),
  'get of a text': (store, i) => store.getSymbol(i),
  equals: (store, i) => store.symbolEquals(i, 'AAPL'),
  view: (store, i) => store.viewSymbol(i),
  scan: (store, i) => store.scan({ fields: ['price'], from: i, to: i + 1 }, () => undefined),
  records: (store, i) => [...store.records(i, i + 1)],
  'get by a cursor': (store, i) => store.cursor().seek(i).price,
}

describe('a record that another writer has', () => {
  it('keeps every write of it waiting, which changes nothing, and no other record', () => {
    const path = newStore()
    using holder = TickStore.open(path, MANY)
    using other = TickStore.open(path, MANY)
    holder.modify(1, (record) => {
      const before = wordsOf(other).slice(0, counterAt(3))
      for (const write of Object.values(WRITES)) {
        const began = performance.now()
        const error = expectError(() => write(other, 1), 'ERR_WRITER_STALLED', { path, record: 1 })
        expect(error.message).toContain(`over ${STALL_MS} ms`)
        expect(performance.now() - began).toBeGreaterThanOrEqual(STALL_MS)
      }
      expect(wordsOf(other).slice(0, counterAt(3))).toEqual(before)
      for (const write of Object.values(WRITES)) write(other, 2)
      expect(other.append({ ...TICK, volume: 3 })).toBe(3)
      return record
    })
    expect(other.get(1)).toEqual({ ...TICK, volume: 1 })
    for (const write of Object.values(WRITES)) write(other, 1)
    expect(other.get(1)).toEqual({ ...TICK, symbol: 'NEW', price: 7 })
    for (const store of [holder, other]) expect(store.recovered).toEqual([])
  })

  it('keeps every read of it waiting, in any mode, and of no other record', () => {
    const path = newStore()
    using holder = TickStore.open(path, MANY)
    using other = TickStore.open(path, MANY)
    using reader = TickStore.open(path, { ...SMALL, readOnly: true, stallTimeoutMs: 0 })
    holder.modify(1, (record) => {
      for (const read of Object.values(READS)) {
        expectError(() => read(other, 1), 'ERR_WRITER_STALLED', { path, record: 1 })
        expectError(() => read(reader, 1), 'ERR_WRITER_STALLED', { path, record: 1 })
        for (const store of [holder, other, reader]) for (const i of [0, 2]) read(store, i)
      }
      return { ...record, price: 3 }
    })
    for (const store of [holder, other, reader])
      expect(store.get(1)).toEqual({ ...TICK, price: 3, volume: 1 })
  })

  it.each(BESIDE)('a %s, is waited for', async (_where, start) => {
    const path = newStore()
    using store = TickStore.open(path, { ...MANY, stallTimeoutMs: 30_000 })
    const writer = await Writer.start(start, path, { ...MANY, stallTimeoutMs: 30_000 })
    const held = await writer.hold(1, 3)
    using hasty = TickStore.open(path, MANY)
    expect(codeOf(() => hasty.setPrice(1, 9))).toBe('ERR_WRITER_STALLED')
    expect(await held.release()).toEqual({ result: 3 })
    // Whoever comes first, no addition is lost.
    const adding = writer.call('addPrice', 1, 10)
    for (let i = 0; i < 100; i++) store.addPrice(1, 1)
    await adding
    expect(store.getPrice(1)).toBe(113)
    await writer.close()
  })

  it('is not taken from a process that is stopped, and goes on with it', async () => {
    const path = newStore()
    const writer = await Writer.start(startProcess, path)
    const held = await writer.hold(1, 3)
    process.kill(writer.pid, 'SIGSTOP')
    using store = TickStore.open(path, MANY)
    for (const use of [...Object.values(WRITES), ...Object.values(READS)]) {
      expectError(() => use(store, 1), 'ERR_WRITER_STALLED', { path, record: 1 })
    }
    expect(store.recovered).toEqual([])
    process.kill(writer.pid, 'SIGCONT')
    expect(await held.release()).toEqual({ result: 3 })
    expect(store.get(1)).toEqual({ ...TICK, price: 3, volume: 1 })
    expect(store.addPrice(1, 1)).toBe(4)
    expect(await writer.call('getPrice', 1)).toEqual({ result: 4 })
    await writer.close()
  })

  it('is let go unchanged by a modify that throws there', async () => {
    const path = newStore()
    using store = TickStore.open(path, MANY)
    const writer = await Writer.start(startProcess, path)
    const held = await writer.hold(1)
    expect(await held.release()).toMatchObject({ error: 'no change after all' })
    expect(store.get(1)).toEqual({ ...TICK, volume: 1 })
    store.setPrice(1, 2)
    expect(await writer.call('getPrice', 1)).toEqual({ result: 2 })
  })
})

describe('a write that was given up', () => {
  const GIVEN_UP: Readonly<Record<string, (store: Ticks) => unknown>> = {
    'a compareAndSet of what is not there': (store) => store.compareAndSetPrice(1, 0, 1),
    'an add that is out of range': (store) => codeOf(() => store.addTimestamp(1, -9n)),
    'a modify that throws': (store) =>
      expect(() =>
        store.modify(1, () => {
          throw new Error('mine')
        }),
      ).toThrow('mine'),
    'a modify that gives no record': (store) => codeOf(() => store.modify(1, () => 5 as never)),
  }

  it.each(Object.keys(GIVEN_UP))('%s, does not make the next holder’s record seem its own', (name) => {
    const path = newStore()
    using store = TickStore.open(path, MANY)
    using other = TickStore.open(path, MANY)
    const counter = wordsOf(store)[counterAt(1)] as number
    GIVEN_UP[name]?.(store)
    // On, and not back: the odd value between the two has had its writer.
    expect(wordsOf(store)[counterAt(1)]).toBe(counter + 2)
    other.modify(1, (record) => {
      expect(codeOf(() => store.getPrice(1))).toBe('ERR_WRITER_STALLED')
      expect(codeOf(() => store.setPrice(1, 9))).toBe('ERR_WRITER_STALLED')
      store.setPrice(0, 8)
      return { ...record, price: 3 }
    })
    expect(store.get(1)).toEqual({ ...TICK, price: 3, volume: 1 })
    expect(store.getPrice(0)).toBe(8)
    for (const each of [store, other]) expect(each.recovered).toEqual([])
  })
})

describe('a timeout of 0', () => {
  it('refuses what another writer has at once, and nothing else', () => {
    const path = newStore()
    using holder = TickStore.open(path, MANY)
    using store = TickStore.open(path, { ...MANY, stallTimeoutMs: 0 })
    holder.modify(1, (record) => {
      for (const use of [...Object.values(WRITES), ...Object.values(READS)]) {
        expect(codeOf(() => use(store, 1))).toBe('ERR_WRITER_STALLED')
        use(store, 2)
      }
      return record
    })
    for (const use of [...Object.values(WRITES), ...Object.values(READS)]) use(store, 1)
    for (let i = 0; i < 200; i++) store.append(TICK)
    expect(store.length).toBe(203)
  })

  it.each([-1, -0.5, Number.NaN, Infinity, -Infinity])('is the least: %d is refused', (stallTimeoutMs) => {
    const path = newStore()
    for (const how of ['create', 'open', 'openOrCreate'] as const) {
      const error = expectError(
        () => TickStore[how](path, { writers: 'many', stallTimeoutMs }),
        'ERR_VALUE_OUT_OF_RANGE',
      )
      expect(error.message).toContain(`stallTimeoutMs must be finite and not negative, not ${stallTimeoutMs}`)
    }
  })

  it.each([0.5, -0, Number.MIN_VALUE])('and fractions are fine: %d', (stallTimeoutMs) => {
    using store = TickStore.open(newStore(), { writers: 'many', stallTimeoutMs })
    expect(store.addPrice(0, 1)).toBe(190.5)
  })
})

/** Records that stay mid-write: reads and writes of them fail after a bounded time, everything else goes on. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { waitForStable } from '../../src/protocol/patience.ts'
import { BESIDE } from '../processes/child.ts'
import { TickStore } from '../processes/stores.ts'
import { codeOf, forgeErrorOf } from '../support/errors.ts'
import { expectError } from '../support/expect-error.ts'
import { refusal } from '../support/refusal.ts'
import { counterOf, recordOffsetBytes, setCounter, TICK, tickFile } from '../support/tick-files.ts'

const STUCK = 2
const TIMEOUT_MS = 60

/** A closed store of five records. */
function newStore(): string {
  return tickFile(5, { recordAt: (i) => ({ ...TICK, timestamp: BigInt(i) }) })
}

describe('a record that stays mid-write', () => {
  let path = ''
  beforeEach(() => {
    path = newStore()
  })

  it('makes every read of it fail, no sooner than the timeout', () => {
    using store = TickStore.open(path, { readOnly: true, stallTimeoutMs: TIMEOUT_MS })
    setCounter(path, STUCK, 5)
    for (const read of [
      () => store.get(STUCK),
      () => store.getPrice(STUCK),
      () => store.getSymbol(STUCK),
      () => store.getTimestamp(STUCK),
      () => store.viewSymbol(STUCK),
      () => [...store],
      () => [...store.records(STUCK)],
    ]) {
      const began = performance.now()
      const error = expectError(read, 'ERR_WRITER_STALLED', { path, record: STUCK })
      expect(performance.now() - began).toBeGreaterThanOrEqual(TIMEOUT_MS)
      expect(error.message).toContain(`over ${TIMEOUT_MS} ms`)
      expect(error.message).toContain('counter stands at 5')
    }
  })

  it('leaves other records readable, and appends too', () => {
    using writer = TickStore.open(path)
    using store = TickStore.open(path, { readOnly: true, stallTimeoutMs: TIMEOUT_MS })
    setCounter(path, STUCK, 5)
    for (const i of [0, 1, 3, 4]) expect(store.getTimestamp(i)).toBe(BigInt(i))
    expect([...store.records(0, STUCK)]).toHaveLength(STUCK)
    writer.append({ ...TICK, timestamp: 5n })
    expect(store.get(5).timestamp).toBe(5n)
  })

  it('reads again once its writer is done', () => {
    using store = TickStore.open(path, { readOnly: true, stallTimeoutMs: TIMEOUT_MS })
    setCounter(path, STUCK, 5)
    expect(codeOf(() => store.get(STUCK))).toBe('ERR_WRITER_STALLED')
    setCounter(path, STUCK, 6)
    expect(store.get(STUCK).timestamp).toBe(BigInt(STUCK))
    expect(store.getPrice(STUCK)).toBe(TICK.price)
  })

  it('with a counter about to wrap is no different', () => {
    using store = TickStore.open(path, { readOnly: true, stallTimeoutMs: 0 })
    setCounter(path, STUCK, 2 ** 32 - 1)
    const error = forgeErrorOf(() => store.get(STUCK))
    expect(error.code).toBe('ERR_WRITER_STALLED')
    expect(error.message).toContain('counter stands at 4294967295')
    setCounter(path, STUCK, 0)
    expect(store.get(STUCK).timestamp).toBe(BigInt(STUCK))
  })

  it('fails at once with a timeout of 0, and reads that meet no writer do not', () => {
    using store = TickStore.open(path, { readOnly: true, stallTimeoutMs: 0 })
    setCounter(path, STUCK, 5)
    expect(codeOf(() => store.get(STUCK))).toBe('ERR_WRITER_STALLED')
    for (let round = 0; round < 1000; round++) expect(store.getTimestamp(3)).toBe(3n)
  })

  it('makes an unlocked writer fail, which changes nothing', () => {
    using store = TickStore.open(path, { writers: 'unlocked', stallTimeoutMs: TIMEOUT_MS })
    store.setPrice(0, 1)
    setCounter(path, STUCK, 5)
    for (const write of [
      () => store.set(STUCK, { ...TICK, symbol: 'NEW' }),
      () => store.setPrice(STUCK, 7),
      () => store.setSymbol(STUCK, 'NEW'),
      () => store.update(STUCK, { volume: 7 }),
    ]) {
      const error = refusal(dirname(path), write)
      expect(error).toMatchObject({ code: 'ERR_WRITER_STALLED', path, record: STUCK })
    }
    store.setPrice(3, 9)
    expect(store.getPrice(3)).toBe(9)
    setCounter(path, STUCK, 6)
    expect(store.get(STUCK)).toEqual({ ...TICK, timestamp: BigInt(STUCK) })
    store.setPrice(STUCK, 7)
    expect(store.getPrice(STUCK)).toBe(7)
    expect(counterOf(path, STUCK)).toEqual([8, 0])
  })

  it.each([true, false])('is its own to the one writer, who, with journal: %s, mends it first', (journal) => {
    using store = TickStore.open(path, { journal })
    setCounter(path, STUCK, 5)
    store.setPrice(STUCK, 7)
    expect(counterOf(path, STUCK)).toEqual([8, 0])
    expect(store.recovered).toEqual([{ index: STUCK, outcome: 'released' }])
    expect(store.get(STUCK)).toEqual({ ...TICK, timestamp: BigInt(STUCK), price: 7 })
  })

  it.each(BESIDE)('is waited for while its writer, a %s, is alive', async (_where, start) => {
    using store = TickStore.open(path, { readOnly: true, stallTimeoutMs: 30_000 })
    setCounter(path, STUCK, 5)
    const writer = start('finish-write.mjs', {
      path,
      offsetBytes: recordOffsetBytes(STUCK),
      value: 6,
      delayMs: 50,
    })
    expect(await writer.next()).toEqual({ ready: true })
    // Blocks this thread until the writer is done.
    expect(store.get(STUCK).timestamp).toBe(BigInt(STUCK))
    expect(counterOf(path, STUCK)).toEqual([6, 0])
  })
})

describe('a record that keeps changing', () => {
  const place = { i32: new Int32Array([4]), counter: 0, index: 7 }

  it('makes a read fail that has come back for too long', () => {
    const wait = { timeoutMs: 10, path: 'p', mend: () => false }
    const began = performance.now() - 1000
    const error = forgeErrorOf(() => waitForStable(place, wait, began))
    expect(error).toMatchObject({ code: 'ERR_WRITER_STALLED', path: 'p', record: 7 })
    expect(error.message).toContain('kept changing for over 10 ms')
  })

  it('is read again while there is time', () => {
    const wait = { timeoutMs: 10_000, path: 'p', mend: () => false }
    const began = waitForStable(place, wait, 0)
    expect(began).toBeGreaterThan(0)
    expect(waitForStable(place, wait, began)).toBe(began)
  })
})

describe('a record that its writer left mid-write', () => {
  it('is released by the next one writer, and reported', () => {
    const path = newStore()
    for (const index of [0, STUCK, 4]) setCounter(path, index, 2 * index + 1)
    using reader = TickStore.open(path, { readOnly: true, stallTimeoutMs: 0 })
    expect(reader.recovered).toEqual([])
    expect(codeOf(() => reader.get(STUCK))).toBe('ERR_WRITER_STALLED')
    {
      using writer = TickStore.open(path)
      expect(writer.recovered).toEqual([0, STUCK, 4].map((index) => ({ index, outcome: 'released' })))
      expect([...writer].map(({ timestamp }) => timestamp)).toEqual([0n, 1n, 2n, 3n, 4n])
    }
    expect(reader.get(STUCK).timestamp).toBe(BigInt(STUCK))
    for (const index of [0, STUCK, 4]) expect(counterOf(path, index)).toEqual([2 * index + 2, 0])
    using again = TickStore.open(path)
    expect(again.recovered).toEqual([])
  })

  it('is left alone by readers and unlocked writers', () => {
    const path = newStore()
    setCounter(path, STUCK, 5)
    for (const options of [{ readOnly: true }, { writers: 'unlocked' }] as const) {
      using store = TickStore.open(path, options)
      expect(store.recovered).toEqual([])
    }
    expect(counterOf(path, STUCK)).toEqual([5, 0])
  })

  it('beyond the last record is nobody’s business', () => {
    const path = newStore()
    setCounter(path, 5, 5)
    using writer = TickStore.open(path)
    expect(writer.recovered).toEqual([])
    expect(writer.append({ ...TICK, timestamp: 5n })).toBe(5)
    expect(writer.get(5).timestamp).toBe(5n)
    expect(counterOf(path, 5)).toEqual([2, 0])
  })

  it('keeps its report when the store is closed', () => {
    const path = newStore()
    setCounter(path, STUCK, 1)
    const writer = TickStore.open(path)
    writer.close()
    expect(writer.recovered).toEqual([{ index: STUCK, outcome: 'released' }])
    expect(Object.isFrozen(writer.recovered)).toBe(true)
  })

  it('is not released by an opener that is refused', () => {
    const path = newStore()
    using holder = TickStore.open(path)
    setCounter(path, STUCK, 5)
    const before = readFileSync(path)
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
    expect(readFileSync(path)).toEqual(before)
    setCounter(path, STUCK, 6)
    expect(holder.get(STUCK).timestamp).toBe(BigInt(STUCK))
  })
})

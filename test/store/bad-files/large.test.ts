/** Files beyond what the runtime can map. They are sparse, so that they take no room on the disk. */
import { constants } from 'node:buffer'
import { readdirSync, statSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { expectError } from '../../support/expect-error.ts'
import { usesOf } from '../../support/refusal.ts'
import { RECORD_BYTES, setCount, tickFile } from '../../support/tick-files.ts'

const HEADER_BYTES = 64
/** Node.js 20 and Bun map up to 4 GiB. */
const isLimited = constants.MAX_LENGTH <= 2 ** 33

/** A store whose file was made longer by a hole. */
function sparseStore(sizeBytes: number): string {
  const path = tickFile(0)
  truncateSync(path, sizeBytes)
  return path
}

describe('a file beyond 4 GiB', () => {
  it.skipIf(!isLimited)('is too large to open, and stays as it was', () => {
    const path = sparseStore(5 * 2 ** 30)
    const before = statSync(path, { bigint: true })
    const names = readdirSync(dirname(path))
    for (const options of [{}, { readOnly: true }, { writers: 'unlocked' }] as const) {
      const error = expectError(() => TickStore.open(path, options), 'ERR_TOO_LARGE', { path })
      expect(error.message).toContain('Node.js 22')
    }
    expect(readdirSync(dirname(path))).toEqual(names)
    expect(usesOf(dirname(path))).toEqual({ descriptors: 0, mappings: 0 })
    const after = statSync(path, { bigint: true })
    expect([after.size, after.blocks, after.mtimeNs]).toEqual([before.size, before.blocks, before.mtimeNs])
  })

  it.skipIf(!isLimited)('is too large to grow to, and the store goes on without', () => {
    const path = sparseStore(2 ** 32 - 2 * 4096)
    const capacity = Math.floor((statSync(path).size - HEADER_BYTES) / RECORD_BYTES)
    setCount(path, capacity)
    // Whoever takes the lock looks through all records for stuck ones, and gets pages for the hole.
    using store = TickStore.open(path, { writers: 'unlocked' })
    using reader = TickStore.open(path, { readOnly: true })
    expect([store.length, store.capacity]).toEqual([capacity, capacity])
    const before = statSync(path)
    let appended = 0
    const appendUntilTooLarge = (): void => {
      for (; appended < 1000; appended++) store.append({ symbol: 'LAST', price: 1, volume: 2, timestamp: 3n })
    }
    expectError(appendUntilTooLarge, 'ERR_TOO_LARGE', { path })
    // The one page that was left to the limit.
    expect(statSync(path).size - before.size).toBeLessThanOrEqual(4096)
    expect(store.length).toBe(capacity + appended)
    store.setPrice(capacity - 1, 5)
    expect(reader.getPrice(capacity - 1)).toBe(5)
    if (appended > 0) expect(reader.getSymbol(capacity + appended - 1)).toBe('LAST')
  })

  it.skipIf(isLimited)('opens, and its last records are where they belong', () => {
    const path = sparseStore(5 * 2 ** 30)
    const capacity = Math.floor((statSync(path).size - HEADER_BYTES) / RECORD_BYTES)
    setCount(path, capacity)
    using store = TickStore.open(path, { writers: 'unlocked' })
    using reader = TickStore.open(path, { readOnly: true })
    const last = { symbol: 'LAST', price: 1, volume: 2, timestamp: 3n }
    store.set(capacity - 1, last)
    expect(reader.get(capacity - 1)).toEqual(last)
    expect(reader.get(0).symbol).toBe('')
    expect(statSync(path).size).toBe(5 * 2 ** 30)
  })
})

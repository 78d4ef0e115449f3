/** Stores on the heap. */
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { forgeErrorOf } from '../support/errors.ts'
import { TICK } from '../support/tick-files.ts'

const HOWS = ['create', 'open', 'openOrCreate'] as const

describe(':memory:', () => {
  it.each(HOWS)('%s makes a new store that no file knows of', (how) => {
    const before = readdirSync('.')
    using store = TickStore[how](':memory:', { capacity: 2 })
    expect([store.path, store.length, store.capacity, store.readOnly]).toEqual([':memory:', 0, 2, false])
    for (let i = 0; i < 1000; i++) store.append({ ...TICK, timestamp: BigInt(i) })
    expect(store.get(999)).toEqual({ ...TICK, timestamp: 999n })
    using other = TickStore[how](':memory:')
    expect(other.length).toBe(0)
    expect(readdirSync('.')).toEqual(before)
  })

  it.each(HOWS)('%s with readOnly would be empty for ever, and is refused', (how) => {
    expect(forgeErrorOf(() => TickStore[how](':memory:', { readOnly: true }))).toMatchObject({
      code: 'ERR_READ_ONLY',
      path: ':memory:',
    })
  })

  it.each(['one', 'unlocked'] as const)('takes no lock with writers: %j', (writers) => {
    using first = TickStore.create(':memory:', { writers, reserve: 0, access: 'random', stallTimeoutMs: 0 })
    using second = TickStore.create(':memory:', { writers })
    expect(first.append(TICK)).toBe(0)
    expect(second.length).toBe(0)
  })
})

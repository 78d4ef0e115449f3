/** Waiting for other processes and threads: nothing is lost, and it is the writer that tells. */
import { setImmediate } from 'node:timers'
import { describe, expect, it } from 'vitest'
import { BESIDE, type Child, startProcess } from '../processes/child.ts'
import { TickStore, tickAt } from '../processes/stores.ts'
import { fastPath } from '../support/temp.ts'
import { countTold, insideOf, reasonOf } from './support.ts'

interface Told {
  readonly indices: readonly number[]
  readonly told: number
}

interface Case {
  readonly how: 'waitForLength' | 'appended' | 'changed'
  readonly count: number
  readonly pauseMs: number
  readonly writers: 'one' | 'many'
  readonly isSilent?: boolean
}

/** Has one script wait for what another one writes. */
async function run(
  start: typeof startProcess,
  { how, count, pauseMs, writers, isSilent }: Case,
): Promise<Told> {
  const path = fastPath()
  const records = how === 'changed' ? 50 : 0
  {
    using store = TickStore.create(path, { writers })
    for (let i = 0; i < records; i++) store.append(tickAt(i))
  }
  const seed = Math.floor(Math.random() * 2 ** 32)
  const write = how === 'changed' ? 'set' : 'append'
  const writer = start('pausing-writer.mjs', {
    path,
    options: { writers },
    how: write,
    count,
    seed,
    pauseMs,
    isSilent,
  })
  await writer.next()
  const waiter = start('waiter.mjs', {
    path,
    options: { readOnly: true },
    how,
    count: Math.min(count, records || count),
  })
  expect(await waiter.next()).toEqual({ ready: true })
  writer.send('go')
  const told = await waiter.next()
  expect(told, `seed ${seed}`).toHaveProperty('indices')
  await writer.next()
  for (const each of [writer, waiter]) each.send('close')
  await Promise.all([writer.ended, waiter.ended])
  return told as unknown as Told
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

describe.each(BESIDE)('a %s', (_, start) => {
  it.each(['one', 'many'] as const)('is given each of 1,000 appends of writers: %s', async (writers) => {
    const { indices, told } = await run(start, { how: 'appended', count: 1000, pauseMs: 3, writers })
    expect(indices).toEqual(upTo(1000))
    expect(told).toBeGreaterThan(100)
  })

  it('waits for each of 500 lengths', async () => {
    const { indices, told } = await run(start, {
      how: 'waitForLength',
      count: 500,
      pauseMs: 3,
      writers: 'one',
    })
    expect(indices.at(-1)).toBeGreaterThanOrEqual(500)
    expect(indices).toEqual([...indices].sort((a, b) => a - b))
    expect(told).toBeGreaterThan(25)
  })

  it.each(['one', 'many'] as const)('is given every record that writers: %s set', async (writers) => {
    const { indices, told } = await run(start, { how: 'changed', count: 500, pauseMs: 8, writers })
    expect(indices).toHaveLength(50)
    expect(told).toBeGreaterThan(5)
  })

  it('finds by itself what a writer does not tell of', async () => {
    const silent = { count: 20, pauseMs: 8, writers: 'one', isSilent: true } as const
    const appended = await run(start, { how: 'appended', ...silent })
    expect(appended).toMatchObject({ indices: upTo(20), told: 0 })
    const changed = await run(start, { how: 'changed', ...silent })
    expect(changed).toMatchObject({ indices: expect.any(Array), told: 0 })
  })
})

/** Counts the wake-ups that a store sends. */
function countWakes(store: InstanceType<typeof TickStore>): { count: number } {
  const { wakes } = insideOf(store as never)
  const wake = wakes.wake.bind(wakes)
  const counter = { count: 0 }
  wakes.wake = () => {
    counter.count++
    wake()
  }
  return counter
}

it('a writer wakes for nobody once after a waiter was killed, and then no more', async () => {
  const path = fastPath()
  using store = TickStore.create(path)
  store.append(tickAt(0))
  const wakes = countWakes(store)
  store.append(tickAt(1))
  expect(wakes.count).toBe(0)
  const waiter = startProcess('waiter.mjs', { path, options: { readOnly: true }, how: 'appended', count: 9 })
  await waiter.next()
  waiter.kill()
  await waiter.ended
  for (let i = 0; i < 100; i++) store.append(tickAt(i))
  expect(wakes.count).toBe(1)
  using reader = TickStore.open(path, { readOnly: true })
  const wait = reader.waitForLength(103)
  store.append(tickAt(0))
  expect(await wait).toBe(103)
})

it('a writer that a waiter of 10 more records waits for wakes it once', async () => {
  using store = TickStore.create(fastPath())
  store.append(tickAt(0))
  using reader = TickStore.open(store.path, { readOnly: true })
  const wakes = countWakes(store)
  const wait = reader.waitForLength(11)
  for (let i = 1; i < 11; i++) {
    expect(wakes.count).toBe(0)
    store.append(tickAt(i))
  }
  expect(wakes.count).toBe(1)
  expect(await wait).toBe(11)
})

it('a writer that has set numbers unnoted notes them again a little later', async () => {
  using store = TickStore.create(fastPath())
  store.append(tickAt(0))
  store.setPrice(0, 1)
  using reader = TickStore.open(store.path, { readOnly: true })
  const told = countTold(reader as never)
  const changed = reader.changed()
  await expect
    .poll(
      async () => {
        const next = changed.next()
        await new Promise((resolve) => setImmediate(resolve))
        store.setPrice(0, Math.random())
        await next
        return told.count
      },
      { interval: 20 },
    )
    .toBeGreaterThan(3)
})

function idle(path: string, options: object): Child {
  return startProcess('idle-waiter.mjs', { path, options })
}

describe('a process that only waits', () => {
  it('lives as long as the wait does', async () => {
    const path = fastPath()
    TickStore.create(path).close()
    const waiter = idle(path, { timeoutMs: 300 })
    expect(await waiter.next()).toMatchObject({ error: 'ERR_TIMEOUT' })
    expect(await waiter.ended).toBe(0)
    const endless = idle(path, {})
    expect(await Promise.race([endless.ended, reasonOf(endless.next()), after(1500)])).toBe('alive')
  })

  it('ends, where it says that the wait is not what it is there for', async () => {
    const path = fastPath()
    TickStore.create(path).close()
    expect(await idle(path, { ref: false }).ended).toBe(0)
    expect(await idle(path, { ref: false, timeoutMs: 1e9 }).ended).toBe(0)
  })
})

function after(ms: number): Promise<string> {
  return new Promise((resolve) => setTimeout(resolve, ms, 'alive'))
}

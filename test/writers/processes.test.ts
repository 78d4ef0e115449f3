/** Processes that race for a store, and processes that are killed while they have it. */
import { copyFileSync, existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bool, defineStore, float64, named, uint64 } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../processes/child.ts'
import { SlowStore, TickStore, tickAt } from '../processes/stores.ts'
import { goldenPath } from '../support/golden.ts'
import { tempFolder, tempPath } from '../support/temp.ts'

const RACERS = 8
/** Long enough for all of them to have started, on a machine with few processors; the race is not lost if not. */
const HEAD_START_MS = 1000

/** Has processes open or create the same stores at the same time. */
async function race(options: object, appends: boolean): Promise<{ paths: string[]; inodes: number[][] }> {
  const folder = tempFolder()
  const paths = Array.from({ length: 10 }, (_, i) => join(folder, `${i}.mmf`))
  const startAt = Date.now() + HEAD_START_MS
  const racers = Array.from({ length: RACERS }, () =>
    startProcess('race.mjs', { paths, options, startAt, appends }),
  )
  const results = await Promise.all(racers.map((racer) => racer.next()))
  for (const result of results) expect(result).toHaveProperty('inodes')
  for (const path of paths) expect(existsSync(`${path}.schema.json`), path).toBe(true)
  // Lock and schema beside each, and what waiters are woken by where something was appended.
  expect(readdirSync(folder)).toHaveLength((appends ? 4 : 3) * paths.length)
  return { paths, inodes: results.map(({ inodes }) => inodes as number[]) }
}

describe(`${RACERS} processes that open or create the same stores`, () => {
  it('as the one writer have them one at a time', async () => {
    const { paths, inodes } = await race({}, true)
    for (const each of inodes) expect(each).toEqual(inodes[0])
    for (const path of paths) {
      using store = TickStore.open(path)
      expect([...store]).toEqual(Array.from({ length: RACERS }, (_, i) => tickAt(i)))
      expect(store.recovered).toEqual([])
    }
  })

  it('unlocked all get the same files', async () => {
    const { paths, inodes } = await race({ writers: 'unlocked', stallTimeoutMs: 30_000 }, false)
    for (const each of inodes) expect(each).toEqual(inodes[0])
    for (const path of paths) TickStore.open(path).close()
  })
})

describe('a writer that is killed', () => {
  it('while it appends leaves every record that it counted, whole', async () => {
    const path = tempPath()
    TickStore.create(path).close()
    let length = 0
    for (let round = 0; round < 5; round++) {
      const writer = startProcess('writer.mjs', { path, count: 1e9 })
      expect(await writer.next()).toEqual({ ready: true, length, recovered: [] })
      writer.send('go')
      using reader = TickStore.open(path, { readOnly: true })
      // However far it gets: at least a growth further.
      await expect
        .poll(() => reader.length, { interval: 1, timeout: 30_000 })
        .toBeGreaterThan(2 * length + 100)
      writer.kill()
      await writer.ended
      const before = length
      length = reader.length
      for (let i = before; i < length; i++) {
        if (reader.getTimestamp(i) !== BigInt(i) || i % 10 === 0) expect(reader.get(i)).toEqual(tickAt(i))
      }
    }
    using store = TickStore.open(path)
    expect(store.append(tickAt(length))).toBe(length)
    expect(store.get(length)).toEqual(tickAt(length))
  })

  it('in the middle of a write leaves a record that the next writer rolls back and reports', async () => {
    const path = tempPath()
    {
      using store = SlowStore.create(path, { capacity: 2 })
      store.append()
      store.append({ head: 1, text: 'calm', tail: 1 })
    }
    // A write takes half of the writer's time, so that few rounds are needed; but no round has to hit.
    for (let hits = 0, round = 0; hits === 0 || round < 3; round++) {
      const writer = startProcess('set-loop.mjs', { path })
      expect(await writer.next()).toEqual({ recovered: [] })
      await new Promise((resolve) => setTimeout(resolve, round))
      writer.kill()
      await writer.ended

      using reader = SlowStore.open(path, { readOnly: true, stallTimeoutMs: 0 })
      const isStuck = codeOfRead(() => reader.get(0)) === 'ERR_WRITER_STALLED'
      expect(reader.get(1)).toEqual({ head: 1, text: 'calm', tail: 1 })
      if (!isStuck) expectWhole(reader.get(0))
      using next = SlowStore.open(path)
      // Released where it died before the image was whole, and so before it stored anything.
      const [mended] = next.recovered
      expect(next.recovered).toEqual(isStuck ? [{ index: 0, outcome: mended?.outcome }] : [])
      expect(reader.get(0)).toEqual(next.get(0))
      expectWhole(reader.get(0))
      next.set(0, { head: 7, text: 'repaired', tail: 7 })
      expect(reader.get(0)).toEqual({ head: 7, text: 'repaired', tail: 7 })
      if (mended?.outcome === 'rolled-back') hits++
    }
  })
})

function expectWhole({ head, text, tail }: { head: number; text: string; tail: number }): void {
  expect(head).toBe(tail)
  expect(text === (text[0] ?? '').repeat(2 ** 20)).toBe(true)
}

function codeOfRead(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}

describe('the fixture of a crashed writer', () => {
  const MarketCapStore = defineStore(
    'MarketCap',
    { version: 1 },
    { id: uint64, price: float64, volume: float64, marketCap: named('market_cap', float64), stale: bool },
  )
  const STUCK = [3, 11, 19]

  it('has its three records released and reported', () => {
    const path = tempPath('crashed.mmf')
    copyFileSync(goldenPath('crashed.mmf'), path)
    using reader = MarketCapStore.open(path, { readOnly: true, stallTimeoutMs: 0 })
    for (let i = 0; i < reader.length; i++) {
      expect(codeOfRead(() => reader.get(i))).toBe(STUCK.includes(i) ? 'ERR_WRITER_STALLED' : undefined)
    }
    {
      using writer = MarketCapStore.open(path)
      expect(writer.recovered).toEqual(STUCK.map((index) => ({ index, outcome: 'released' })))
    }
    expect([...reader]).toHaveLength(reader.length)
    expect(readdirSync(dirname(path)).sort()).toEqual(['crashed.mmf', 'crashed.mmf.lock'])
  })
})

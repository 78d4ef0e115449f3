/** Many writers at once, in processes and threads: no step is lost, doubled or seen by half. */
import { describe, expect, it } from 'vitest'
import { startProcess, startWorker } from '../../processes/child.ts'
import { TickStore } from '../../processes/stores.ts'
import { tempPath } from '../../support/temp.ts'
import { TICK } from '../../support/tick-files.ts'
import { MANY, SMALL } from './support.ts'

/** Nobody is to be given up on, however busy the machine. */
const PATIENT = { ...MANY, stallTimeoutMs: 30_000 } as const
const COUNT = 400
/** Three records for every fourth step. */
const APPENDED = COUNT + (COUNT / 4) * 2

describe.each([
  ['processes', [startProcess, startProcess, startProcess, startProcess]],
  ['threads and processes', [startWorker, startWorker, startProcess, startProcess]],
])('four %s', (_, starts) => {
  it(`that each take ${COUNT} steps of every kind add up, and append every record once, in order`, async () => {
    const path = tempPath()
    {
      using store = TickStore.create(path, SMALL)
      for (let i = 0; i <= starts.length; i++)
        store.append({ ...TICK, symbol: '0', price: 0, volume: 0, timestamp: 0n })
    }
    const writers = starts.map((start, id) =>
      start('many-worker.mjs', { path, options: PATIENT, id, count: COUNT }),
    )
    for (const writer of writers) expect(await writer.next()).toEqual({ ready: true })
    for (const writer of writers) writer.send('go')
    let isRunning = true
    const done = Promise.all(writers.map((writer) => writer.next())).finally(() => {
      isRunning = false
    })

    const total = starts.length * COUNT
    using reader = TickStore.open(path, { ...SMALL, readOnly: true, stallTimeoutMs: 30_000 })
    let [length, price] = [0, 0]
    for (let looks = 0; isRunning; looks++) {
      const now = reader.length
      expect(now).toBeGreaterThanOrEqual(length)
      // All that is new is whole.
      for (let i = Math.max(length, starts.length + 1); i < now; i++) {
        const record = reader.get(i)
        expect(record.symbol).toMatch(`${record.volume}:${record.price}`)
        expect(record.timestamp).toBe(BigInt(record.price) * 1000n + BigInt(record.volume))
      }
      length = now
      const sum = reader.getPrice(0)
      expect(sum).toBeGreaterThanOrEqual(price)
      price = sum
      if (looks % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    }
    expect(await done).toEqual(starts.map(() => ({ recovered: [] })))

    using store = TickStore.open(path, PATIENT)
    expect(store.recovered).toEqual([])
    expect(store.get(0)).toEqual({
      symbol: String(total),
      price: total,
      volume: total,
      timestamp: BigInt(total),
    })
    for (const id of starts.keys()) expect(store.getVolume(id + 1)).toBe(COUNT)
    expect(store.length).toBe(starts.length + 1 + starts.length * APPENDED)
    const sequences = starts.map((): number[] => [])
    for (const { price, volume } of store.records(starts.length + 1)) sequences[volume]?.push(price)
    for (const each of sequences) expect(each).toEqual(Array.from({ length: APPENDED }, (_, i) => i))
  })
})

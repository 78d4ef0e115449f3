/** waitForLength, within one process: when it ends, and how. */
import { getEventListeners } from 'node:events'
import { MmapForgeError, type WaitOptions } from 'mmapforge'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { TickStore, tickAt } from '../processes/stores.ts'
import { tempPath } from '../support/temp.ts'
import { countTold, reasonOf, turn } from './support.ts'

type Store = InstanceType<typeof TickStore>

const PLACES: readonly (readonly [string, () => { writer: Store; waiter: Store }])[] = [
  ['a store in memory', () => same(TickStore.create(':memory:'))],
  ['a store on disk that waits for itself', () => same(TickStore.create(tempPath()))],
  ['a reader of a store on disk', () => pair()],
]

function same(store: Store): { writer: Store; waiter: Store } {
  onTestFinished(() => store.close())
  return { writer: store, waiter: store }
}

function pair(): { writer: Store; waiter: Store } {
  const { writer } = same(TickStore.create(tempPath()))
  const waiter = TickStore.open(writer.path, { readOnly: true })
  onTestFinished(() => waiter.close())
  return { writer, waiter }
}

const warnings: Error[] = []
process.on('warning', (warning) => warnings.push(warning))
afterEach(async () => {
  await turn()
  expect(warnings.splice(0)).toEqual([])
})

describe.each(PLACES)('%s', (_, open) => {
  it('gives the length at once where it is there', async () => {
    const { writer, waiter } = open()
    for (let i = 0; i < 3; i++) writer.append(tickAt(i))
    for (const length of [0, 2, 3]) expect(await waiter.waitForLength(length)).toBe(3)
    expect(await waiter.waitForLength(3, { timeoutMs: 0 })).toBe(3)
  })

  it('gives the length once it is there, and not before', async () => {
    const { writer, waiter } = open()
    let given: number | undefined
    const wait = waiter.waitForLength(2).then((length) => {
      given = length
    })
    writer.append(tickAt(0))
    for (let i = 0; i < 5; i++) await turn()
    expect(given).toBeUndefined()
    writer.append(tickAt(1))
    await wait
    expect(given).toBe(2)
  })

  it('is told, by append and by appendMany', async () => {
    const { writer, waiter } = open()
    const told = countTold(waiter as never)
    for (let i = 0; i < 200; i++) {
      const wait = waiter.waitForLength(writer.length + 1)
      await turn()
      if (i % 2 === 0) writer.append(tickAt(i))
      else writer.appendMany([tickAt(i), tickAt(i)])
      await wait
    }
    // A look of its own may come first, where the machine is busy or the runtime leaves out some of many wake-ups.
    expect(told.count).toBeGreaterThan(20)
  })

  it('serves many waits, each with its own length', async () => {
    const { writer, waiter } = open()
    const ended: number[] = []
    const waits = Array.from({ length: 100 }, async (_, i) => {
      await waiter.waitForLength(i + 1)
      ended.push(i)
    })
    for (let i = 0; i < 100; i++) writer.append(tickAt(i))
    await Promise.all(waits)
    expect(ended.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('runs out of time', async () => {
    const { waiter } = open()
    for (const timeoutMs of [0, 1, 20.5]) {
      const error = (await reasonOf(waiter.waitForLength(7, { timeoutMs, ref: true }))) as MmapForgeError
      expect(error).toBeInstanceOf(MmapForgeError)
      expect(error).toMatchObject({ code: 'ERR_TIMEOUT', path: waiter.path })
      expect(error.message).toContain(`after ${timeoutMs} ms the store has 0 records, 7 were waited for`)
    }
  })

  it.each([Infinity, 2 ** 31, 1e300, undefined])(
    'takes a time of %s ms for long enough',
    async (timeoutMs) => {
      const { writer, waiter } = open()
      let hasEnded = false
      const wait = waiter.waitForLength(1, { timeoutMs }).finally(() => {
        hasEnded = true
      })
      for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 1))
      expect(hasEnded).toBe(false)
      writer.append(tickAt(0))
      expect(await wait).toBe(1)
    },
  )

  it('ends with the reason of its signal', async () => {
    const { writer, waiter } = open()
    const controller = new AbortController()
    const { signal } = controller
    const waits = Array.from({ length: 100 }, () => reasonOf(waiter.waitForLength(1, { signal })))
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    const other = waiter.waitForLength(1)
    const reason = { any: 'thing' }
    controller.abort(reason)
    for (const wait of waits) expect(await wait).toBe(reason)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(await reasonOf(waiter.waitForLength(1, { signal }))).toBe(reason)
    expect(await reasonOf(waiter.waitForLength(0, { signal }))).toBe(reason)
    writer.append(tickAt(0))
    expect(await other).toBe(1)
  })

  it('leaves no listener on its signal, however it ends', async () => {
    const { writer, waiter } = open()
    const { signal } = new AbortController()
    const timed = reasonOf(waiter.waitForLength(9, { signal, timeoutMs: 1, ref: true }))
    const counted = waiter.waitForLength(1, { signal })
    writer.append(tickAt(0))
    await counted
    expect(await timed).toMatchObject({ code: 'ERR_TIMEOUT' })
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    const closed = reasonOf(waiter.waitForLength(9, { signal }))
    waiter.close()
    await closed
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })

  it('ends when the store is closed', async () => {
    const { waiter } = open()
    const waits = [1, 2, 3].map((length) => reasonOf(waiter.waitForLength(length)))
    waiter.close()
    for (const wait of waits) expect(await wait).toMatchObject({ code: 'ERR_CLOSED', path: waiter.path })
    expect(await reasonOf(waiter.waitForLength(0))).toMatchObject({ code: 'ERR_CLOSED' })
  })

  it('can be asked for from where a wait has ended', async () => {
    const { writer, waiter } = open()
    const chain = (async () => {
      let length = 0
      while (length < 50) length = await waiter.waitForLength(length + 1)
      return length
    })()
    for (let i = 0; i < 50; i++) {
      writer.append(tickAt(i))
      if (i % 3 === 0) await turn()
    }
    expect(await chain).toBe(50)
  })
})

const TYPE = 'ERR_TYPE_MISMATCH'
const RANGE = 'ERR_VALUE_OUT_OF_RANGE'
const BAD: readonly (readonly [unknown, unknown, string])[] = [
  [-1, undefined, RANGE],
  [1.5, undefined, RANGE],
  [Number.NaN, undefined, RANGE],
  [Infinity, undefined, RANGE],
  [2 ** 32, undefined, RANGE],
  ['1', undefined, TYPE],
  [1n, undefined, TYPE],
  [undefined, undefined, TYPE],
  [0, null, TYPE],
  [0, 100, TYPE],
  [0, [], TYPE],
  [0, { timeout: 1 }, TYPE],
  [0, { from: 0 }, TYPE],
  [0, { timeoutMs: -1 }, RANGE],
  [0, { timeoutMs: Number.NaN }, RANGE],
  [0, { timeoutMs: -Infinity }, RANGE],
  [0, { timeoutMs: '1' }, TYPE],
  [0, { timeoutMs: null }, TYPE],
  [0, { timeoutMs: 1n }, TYPE],
  [0, { signal: {} }, TYPE],
  [0, { signal: new AbortController() }, TYPE],
  [0, { signal: null }, TYPE],
  [0, { ref: 1 }, TYPE],
]

it.each(BAD)('waitForLength(%o, %o) is refused', async (length, options, code) => {
  using store = TickStore.create(':memory:')
  const reason = await reasonOf(store.waitForLength(length as number, options as WaitOptions))
  expect(reason).toBeInstanceOf(MmapForgeError)
  expect(reason).toMatchObject({ code, path: ':memory:' })
})

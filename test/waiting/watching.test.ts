/** appended and changed, within one process: what they give, and how they end. */
import { getEventListeners } from 'node:events'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TickStore, tickAt } from '../processes/stores.ts'
import { fastPath } from '../support/temp.ts'
import { reasonOf, take, turn } from './support.ts'

type Store = InstanceType<typeof TickStore>

function closing(store: Store): Store {
  onTestFinished(() => store.close())
  return store
}

interface Pair {
  readonly writer: Store
  readonly watcher: Store
}

const PLACES: readonly (readonly [string, () => Pair])[] = [
  [
    'a store in memory',
    () => {
      const store = closing(TickStore.create(':memory:'))
      return { writer: store, watcher: store }
    },
  ],
  [
    'a store on disk that watches itself',
    () => {
      const store = closing(TickStore.create(fastPath()))
      return { writer: store, watcher: store }
    },
  ],
  ...(['one', 'many', 'unlocked'] as const).map(
    (writers) =>
      [
        `a reader of a store with writers: ${writers}`,
        () => {
          const writer = closing(TickStore.create(fastPath(), { writers }))
          return { writer, watcher: closing(TickStore.open(writer.path, { readOnly: true })) }
        },
      ] as const,
  ),
]

/** Takes what a loop is given until it ends, and how it ended. */
function collect(indices: AsyncIterable<number>): { indices: number[]; ended: Promise<unknown> } {
  const taken: number[] = []
  const ended = reasonOf(
    (async () => {
      for await (const index of indices) taken.push(index)
    })(),
  )
  return { indices: taken, ended }
}

describe.each(PLACES)('%s', (_, open) => {
  it('gives what is there from an index on, then what is appended, each once and in order', async () => {
    const { writer, watcher } = open()
    writer.appendMany(Array.from({ length: 10 }, (_, i) => tickAt(i)))
    const controller = new AbortController()
    const got = collect(watcher.appended({ from: 4, signal: controller.signal }))
    for (let i = 10; i < 300; i++) {
      if (i % 7 === 0) await turn()
      writer.append(tickAt(i))
    }
    await watcher.waitForLength(300)
    await expect.poll(() => got.indices.length, { interval: 1 }).toBe(296)
    controller.abort('enough')
    expect(await got.ended).toBe('enough')
    expect(got.indices).toEqual(Array.from({ length: 296 }, (_, i) => i + 4))
  })

  it('gives only what is yet to be appended, from the call on, where no index is given', async () => {
    const { writer, watcher } = open()
    writer.append(tickAt(0))
    const appended = watcher.appended()
    writer.append(tickAt(1))
    expect(await take(appended, 1)).toEqual([1])
  })

  it('gives a record that changes, though it changed before, and none that does not', async () => {
    const { writer, watcher } = open()
    writer.appendMany(Array.from({ length: 100 }, (_, i) => tickAt(i)))
    writer.setPrice(7, -1)
    const changed = watcher.changed()
    const all: number[] = []
    for (const index of [3, 99, 3, 0]) {
      const next = changed.next()
      await turn()
      writer.setPrice(index, all.length)
      all.push((await next).value)
    }
    expect(all).toEqual([3, 99, 3, 0])
    await changed.return(undefined as never)
  })

  it('gives each way to write, and each append once', async () => {
    const { writer, watcher } = open()
    writer.append(tickAt(0))
    const changed = watcher.changed()
    const writes: (() => void)[] = [
      () => writer.setPrice(0, 1),
      () => writer.setSymbol(0, 'NEW'),
      () => writer.set(0, tickAt(1)),
      () => writer.update(0, { volume: 3, price: 4 }),
      () => void writer.addPrice(0, 1),
      () => void writer.compareAndSetPrice(0, 5, 6),
      () => void writer.modify(0, (tick) => ({ ...tick, price: 7 })),
      () => {
        writer.cursor().seek(0).price = 8
      },
    ]
    for (const write of writes) {
      const next = changed.next()
      await turn()
      write()
      expect(await next, String(write)).toEqual({ done: false, value: 0 })
    }
    writer.append()
    writer.append(tickAt(2))
    expect(await take(changed, 2)).toEqual([1, 2])
  })

  it('gives a write once that is repeated before it is given', async () => {
    const { writer, watcher } = open()
    writer.append(tickAt(0))
    writer.append(tickAt(1))
    const changed = watcher.changed()
    for (let i = 0; i < 10; i++) writer.setPrice(0, i)
    writer.setPrice(1, 0)
    expect(await take(changed, 2)).toEqual([0, 1])
  })

  it('loses no change, whatever is written when', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat({ max: 19 }), { maxLength: 5 }), { minLength: 1, maxLength: 10 }),
        async (rounds) => {
          const { writer, watcher } = open()
          writer.appendMany(Array.from({ length: 10 }, (_, i) => tickAt(i)))
          const controller = new AbortController()
          const last = new Map<number, number>()
          const seen = new Map<number, number>()
          const ended = reasonOf(
            (async () => {
              for await (const index of watcher.changed({ signal: controller.signal })) {
                seen.set(index, watcher.getPrice(index))
              }
            })(),
          )
          let price = 1000
          for (const round of rounds) {
            await turn()
            for (const index of round) {
              const at = index < writer.length ? index : writer.append(tickAt(index))
              writer.setPrice(at, ++price)
              last.set(at, price)
            }
          }
          await expect.poll(() => [...seen].sort(), { interval: 1 }).toEqual([...last].sort())
          controller.abort()
          await ended
        },
      ),
      { numRuns: 20 },
    )
  })

  it.each(['appended', 'changed'] as const)('%s ends with the reason of its signal', async (how) => {
    const { writer, watcher } = open()
    for (let i = 0; i < 5; i++) writer.append(tickAt(i))
    const controller = new AbortController()
    const { signal } = controller
    const all = Array.from({ length: 100 }, () => collect(watcher[how]({ signal })))
    await turn()
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    const reason = new Error('enough')
    controller.abort(reason)
    for (const { ended } of all) expect(await ended).toBe(reason)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    expect(await reasonOf(watcher[how]({ signal }).next())).toBe(reason)
  })

  it.each(['appended', 'changed'] as const)('%s ends when the store is closed', async (how) => {
    const { writer, watcher } = open()
    writer.append(tickAt(0))
    const asleep = collect(watcher[how]())
    const between = watcher[how]()
    const next = between.next()
    await turn()
    writer.setPrice(0, 5)
    writer.append(tickAt(1))
    await next
    watcher.close()
    expect(await asleep.ended).toMatchObject({ code: 'ERR_CLOSED' })
    expect(await reasonOf(between.next())).toMatchObject({ code: 'ERR_CLOSED' })
    expect(() => watcher[how]()).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })

  it('breaks a loop off before it is done, also with the reason of its signal', async () => {
    const { writer, watcher } = open()
    for (let i = 0; i < 5; i++) writer.append(tickAt(i))
    const controller = new AbortController()
    const { signal } = controller
    expect(await take(watcher.appended({ from: 0, signal }), 2)).toEqual([0, 1])
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
    const taken: number[] = []
    const reason = await reasonOf(
      (async () => {
        for await (const index of watcher.appended({ from: 0, signal })) {
          taken.push(index)
          if (index === 2) controller.abort('now')
        }
      })(),
    )
    expect([taken, reason]).toEqual([[0, 1, 2], 'now'])
  })
})

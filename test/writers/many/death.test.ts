/** Writers that die in the middle of a record: whoever needs it next makes it whole, at once, and says so. */
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../../processes/child.ts'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { expectError } from '../../support/expect-error.ts'
import { TICK } from '../../support/tick-files.ts'
import { counterAt, dieInRecord, MANY, newStore, SMALL, type Ticks, Writer, wordsOf } from './support.ts'

/** No time to wait: what is taken over is taken over at once, or not at all. */
const HASTY = { ...MANY, stallTimeoutMs: 0 } as const
const INDEX = 1
const BEFORE = { ...TICK, volume: INDEX }
const NEXT = { symbol: 'a text longer than before', price: -1, volume: -2, timestamp: 2n ** 63n }
const ROLLED_BACK = [{ index: INDEX, outcome: 'rolled-back' }]
const RELEASED = [{ index: INDEX, outcome: 'released' }]

/** Ways to die in a record, and what is to become of it. Before the timestamp is stored, everything else is. */
const DEATHS = {
  'in the middle of a set': ['store', { view: 'u64', method: 'set', args: [INDEX, NEXT] }, ROLLED_BACK],
  'in the middle of an update': [
    'store',
    { view: 'u64', method: 'update', args: [INDEX, NEXT] },
    ROLLED_BACK,
  ],
  'in the middle of a text': ['text', { method: 'setSymbol', args: [INDEX, 'x'] }, ROLLED_BACK],
  'within a modify': ['modify', { index: INDEX }, ROLLED_BACK],
  'before it sets a number': ['store', { view: 'f64', method: 'setPrice', args: [INDEX, 9] }, RELEASED],
  'before it sets a sum': ['store', { view: 'u64', method: 'addTimestamp', args: [INDEX, 9n] }, RELEASED],
} as const

/** What survivors do with the record, which holds {@link BEFORE}. */
const NEEDS: Readonly<Record<string, (store: Ticks) => void>> = {
  'reads it': (store) => expect(store.get(INDEX)).toEqual(BEFORE),
  'reads a number of it': (store) => expect(store.getPrice(INDEX)).toBe(BEFORE.price),
  'views a text of it': (store) => expect(Buffer.from(store.viewSymbol(INDEX)).toString()).toBe('AAPL'),
  'goes through all': (store) => expect([...store][INDEX]).toEqual(BEFORE),
  'sets it': (store) => store.set(INDEX, NEXT),
  'sets a number of it': (store) => store.setVolume(INDEX, 7),
  'adds to it': (store) => expect(store.addTimestamp(INDEX, 1n)).toBe(2n),
  'compares and sets it': (store) => expect(store.compareAndSetSymbol(INDEX, 'AAPL', 'next')).toBe(true),
  'modifies it': (store) => {
    store.modify(INDEX, (record) => {
      expect(record).toEqual(BEFORE)
      return NEXT
    })
  },
}

/** Each need in turn, of a record that a writer has just died in: the writer's own death, on files of the test's own. */
async function dieIn(path: string, [where, more]: readonly [string, object, unknown]): Promise<void> {
  const writer = await Writer.start(startProcess, path, HASTY)
  await writer.die(where, more)
}

/** Each is mended by one or the other. */
const OPENERS = ['one', 'many'] as const

describe.each(Object.entries(DEATHS).map(([name, death], i) => [name, death, OPENERS[i % 2]] as const))(
  'a record that a writer died in, %s,',
  (_, death, writers) => {
    const [, , outcome] = death

    it('is mended for a survivor that reads it, however short of time', async () => {
      const path = newStore()
      using survivor = TickStore.open(path, HASTY)
      using other = TickStore.open(path, HASTY)
      using reader = TickStore.open(path, { ...SMALL, readOnly: true, stallTimeoutMs: 0 })
      await dieIn(path, death)
      const stuck = wordsOf(survivor)[counterAt(INDEX)] as number
      expect(stuck & 1).toBe(1)
      expectError(() => reader.get(INDEX), 'ERR_WRITER_STALLED', { path, record: INDEX })
      expect(survivor.get(INDEX)).toEqual(BEFORE)
      expect(wordsOf(survivor)[counterAt(INDEX)]).toBe(stuck + 1)
      for (const store of [other, reader]) expect(store.get(INDEX)).toEqual(BEFORE)
      expect([survivor, other, reader].map(({ recovered }) => recovered)).toEqual([outcome, [], []])
      other.set(INDEX, NEXT)
      for (const store of [survivor, other, reader]) expect(store.get(INDEX)).toEqual(NEXT)
    })

    it(`is mended by the next to open it, as writers: ${writers}`, async () => {
      const path = newStore()
      await dieIn(path, death)
      expect(existsSync(`${path}.journal`)).toBe(true)
      {
        using store = TickStore.open(path, { ...SMALL, writers, stallTimeoutMs: 0 })
        expect(store.recovered).toEqual(outcome)
        expect([...store]).toEqual([0, 1, 2].map((volume) => ({ ...TICK, volume })))
        store.setPrice(INDEX, 4)
      }
      expect(existsSync(`${path}.journal`)).toBe(false)
      using again = TickStore.open(path, SMALL)
      expect(again.recovered).toEqual([])
      expect(again.getPrice(INDEX)).toBe(4)
    })
  },
)

describe('a record that a writer died in', () => {
  it.each(Object.entries(NEEDS))('is mended for a survivor that %s', (_, need) => {
    const path = newStore()
    using survivor = TickStore.open(path, HASTY)
    dieInRecord(TickStore.open(path, MANY), INDEX)
    need(survivor)
    expect(survivor.recovered).toEqual(ROLLED_BACK)
    expect((wordsOf(survivor)[counterAt(INDEX)] as number) & 1).toBe(0)
  })

  it('is mended by a writer that comes to have the dead one’s slot', async () => {
    const path = newStore()
    using survivor = TickStore.open(path, HASTY)
    await dieIn(path, DEATHS['in the middle of a set'])
    using next = TickStore.open(path, HASTY)
    expect(next.recovered).toEqual(ROLLED_BACK)
    expect(survivor.get(INDEX)).toEqual(BEFORE)
    expect(survivor.recovered).toEqual([])
  })

  it('is not mended by those who need others, nor by readers and unlocked writers', async () => {
    const path = newStore()
    using survivor = TickStore.open(path, HASTY)
    await dieIn(path, DEATHS['in the middle of a set'])
    for (const index of [0, 2]) {
      survivor.set(index, NEXT)
      expect(survivor.get(index)).toEqual(NEXT)
    }
    expect(survivor.append(TICK)).toBe(3)
    expect(survivor.recovered).toEqual([])
    for (const options of [{ readOnly: true }, { writers: 'unlocked' }] as const) {
      using other = TickStore.open(path, { ...options, stallTimeoutMs: 0 })
      expect(codeOf(() => other.get(INDEX))).toBe('ERR_WRITER_STALLED')
    }
    expect(survivor.get(INDEX)).toEqual(BEFORE)
    expect(survivor.recovered).toEqual(ROLLED_BACK)
  })

  it('that others have died in before is mended each time', async () => {
    const path = newStore()
    using survivor = TickStore.open(path, HASTY)
    const outcomes = []
    for (const name of ['within a modify', 'before it sets a number', 'in the middle of a set'] as const) {
      await dieIn(path, DEATHS[name])
      outcomes.push(...DEATHS[name][2])
      expect(survivor.get(INDEX)).toEqual(BEFORE)
    }
    expect(survivor.recovered).toEqual(outcomes)
  })

  it('several at once, in several, are mended one by one, or all by who opens it alone', async () => {
    const path = newStore(4)
    const survivor = TickStore.open(path, HASTY)
    // They wait for each other to have opened it.
    const patient = { ...MANY, stallTimeoutMs: 30_000 }
    const writers = await Promise.all([0, 1, 2].map(() => Writer.start(startProcess, path, patient)))
    const set = (index: number) => ({ view: 'u64', method: 'set', args: [index, NEXT] })
    await Promise.all(writers.map((writer, index) => writer.die('store', set(index))))
    expect(survivor.get(1)).toEqual({ ...TICK, volume: 1 })
    expect(survivor.recovered).toEqual([{ index: 1, outcome: 'rolled-back' }])
    survivor.close()
    using store = TickStore.open(path, SMALL)
    expect(store.recovered).toEqual([0, 2].map((index) => ({ index, outcome: 'rolled-back' })))
    expect([...store]).toEqual([0, 1, 2, 3].map((volume) => ({ ...TICK, volume })))
  })
})

describe('a stopped writer that is killed', () => {
  it('is dead from then on', async () => {
    const path = newStore()
    using survivor = TickStore.open(path, HASTY)
    const writer = await Writer.start(startProcess, path, HASTY)
    await writer.hold(INDEX, 3)
    process.kill(writer.pid, 'SIGSTOP')
    for (const need of Object.values(NEEDS)) {
      expect(codeOf(() => need(survivor))).toBe('ERR_WRITER_STALLED')
    }
    expect(survivor.recovered).toEqual([])
    writer.child.kill()
    await writer.child.ended
    expect(survivor.get(INDEX)).toEqual(BEFORE)
    expect(survivor.recovered).toEqual(ROLLED_BACK)
  })
})

/**
 * No record is unreadable for ever: whatever an untrue mark says, the writer that is alone mends what it meets, and
 * nobody leaves a mark over what nobody could mend.
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { StoreOptions } from '../../src/index.ts'
import { BESIDE } from '../processes/child.ts'
import { TickStore } from '../processes/stores.ts'
import { codeOf } from '../support/errors.ts'
import { fastPath, tempPath } from '../support/temp.ts'
import { counterOf, recordOffsetBytes, setCounter, TICK, tickFile } from '../support/tick-files.ts'
import { MARK, markAsClean, setTime } from './clean-mark/support.ts'
import { imageOf, journalBytes } from './journal/support.ts'

type Ticks = InstanceType<typeof TickStore>

const COUNT = 3
const INDEX = 1
const ODD = 5
const HASTY = { stallTimeoutMs: 20 } as const
const MODES: Readonly<Record<string, StoreOptions>> = {
  one: HASTY,
  'one without a journal': { ...HASTY, journal: false },
  'one of many, alone': { ...HASTY, writers: 'many' },
}

interface Way {
  /** Makes the record odd, and whatever else tells, or does not, before the store is opened. */
  readonly before?: (path: string) => void
  /** The same once it is open. */
  readonly after?: (path: string) => void
  readonly path?: () => string
}

const spoil = (path: string): void => setCounter(path, INDEX, ODD)

/** How it can come about that a record is odd, and no mark tells, or that one tells the contrary. */
const WAYS: Readonly<Record<string, Way>> = {
  'there is no mark': {
    before: (path) => {
      spoil(path)
      writeFileSync(`${path}.lock`, '')
    },
  },
  'the mark lies': {
    before: (path) => {
      spoil(path)
      markAsClean(path, COUNT)
    },
  },
  'the time was restored': {
    before: (path) => {
      const { mtimeNs } = statSync(path, { bigint: true })
      spoil(path)
      setTime(path, mtimeNs)
    },
  },
  'the power was lost': {
    before: (path) => {
      spoil(path)
      markAsClean(path, COUNT)
      writeFileSync(`${path}.lock`, readFileSync(`${path}.lock`, 'utf8').replace(/[\da-f]{8}-/, '01234567-'))
    },
  },
  'an old lock file was put back': {
    before: (path) => {
      writeFileSync(
        `${path}.journal`,
        journalBytes(path, { index: INDEX, low: ODD, image: imageOf(path, INDEX) }),
      )
      spoil(path)
      markAsClean(path, COUNT)
    },
  },
  'it is a file system in memory': {
    path: fastPath,
    before: (path) => {
      const mark = readFileSync(tickFile(COUNT).concat('.lock'))
      spoil(path)
      writeFileSync(`${path}.lock`, mark)
    },
  },
  'somebody who heeds no lock dies in it meanwhile': { after: spoil },
  'an unlocked writer dies in it meanwhile': {
    after: (path) => {
      TickStore.open(path, { writers: 'unlocked' }).close()
      spoil(path)
    },
  },
}

const USES: Readonly<Record<string, (store: Ticks) => unknown>> = {
  get: (store) => store.get(INDEX),
  'get of a number': (store) => store.getPrice(INDEX),
  'get of a text': (store) => store.getSymbol(INDEX),
  getInto: (store) => store.getInto(INDEX, { ...TICK }),
  'a cursor': (store) => store.cursor().seek(INDEX).timestamp,
  'a view': (store) => store.viewSymbol(INDEX),
  equals: (store) => store.symbolEquals(INDEX, 'AAPL'),
  'an iteration': (store) => [...store],
  scan: (store) => store.scan({ fields: ['price', 'symbol'] }, () => undefined),
  reduce: (store) => store.reduce({ fields: ['price'] }, (sum: number, price) => sum + price, 0),
  set: (store) => store.set(INDEX, TICK),
  'set of a number': (store) => store.setPrice(INDEX, TICK.price),
  'set of a text': (store) => store.setSymbol(INDEX, TICK.symbol),
  update: (store) => store.update(INDEX, { price: TICK.price, volume: TICK.volume }),
  add: (store) => store.addVolume(INDEX, 0),
  compareAndSet: (store) => store.compareAndSetPrice(INDEX, TICK.price, TICK.price),
  modify: (store) => store.modify(INDEX, (tick) => tick),
}

function storeFor({ path = tempPath }: Way): string {
  return tickFile(COUNT, { path: path() })
}

const stuckIn = ({ recovered }: Ticks): readonly number[] => recovered.map(({ index }) => index)
const isOdd = (path: string): boolean => counterOf(path, INDEX)[0] % 2 === 1

describe.each(Object.entries(WAYS))('where %s', (_, way) => {
  describe.each(Object.entries(MODES))('as %s', (_mode, options) => {
    it.each(Object.entries(USES))('%s mends the record', (_use, use) => {
      const path = storeFor(way)
      way.before?.(path)
      {
        using store = TickStore.open(path, options)
        way.after?.(path)
        use(store)
        expect(isOdd(path)).toBe(false)
        expect(stuckIn(store)).toEqual([INDEX])
        expect([...store]).toEqual([TICK, TICK, TICK])
      }
      using reader = TickStore.open(path, { readOnly: true, stallTimeoutMs: 0 })
      expect([...reader]).toEqual([TICK, TICK, TICK])
      using next = TickStore.open(path, options)
      expect(next.recovered).toEqual([])
    })
  })
})

describe('a record that nobody could mend', () => {
  it.each([
    ['by somebody who heeds no lock', spoil],
    [
      'by an unlocked writer',
      WAYS['an unlocked writer dies in it meanwhile']?.after as (path: string) => void,
    ],
  ])('left mid-write %s, is mended by the next opener, since nobody of many leaves a mark', (_, die) => {
    for (const [meeting, next] of [
      [0, HASTY],
      [1, HASTY],
      [0, { ...HASTY, writers: 'many' }],
      [1, { ...HASTY, writers: 'many' }],
    ] as const) {
      const path = tickFile(COUNT)
      const stores = [0, 1].map(() => TickStore.open(path, { ...HASTY, writers: 'many' }))
      die(path)
      expect(codeOf(() => stores[meeting]?.get(INDEX))).toBe('ERR_WRITER_STALLED')
      for (const store of stores) store.close()
      expect(readFileSync(`${path}.lock`, 'utf8')).not.toMatch(MARK)
      using store = TickStore.open(path, next)
      expect(stuckIn(store)).toEqual([INDEX])
      expect(store.get(INDEX)).toEqual(TICK)
    }
  })

  it('leaves a mark to the last of many where it has been mended', () => {
    const path = tickFile(COUNT)
    const store = TickStore.open(path, { ...HASTY, writers: 'many' })
    spoil(path)
    expect(store.get(INDEX)).toEqual(TICK)
    store.close()
    expect(readFileSync(`${path}.lock`, 'utf8')).toMatch(MARK)
  })
})

describe.each(['one', 'one without a journal'])('beside a writer that heeds no lock, %s', (mode) => {
  const uses = ['get', 'set', 'set of a number', 'set of a text', 'add', 'compareAndSet', 'modify']
  const both = BESIDE.flatMap(([where, start]) => uses.map((use) => [use, where, start] as const))
  it.each(both)('%s waits while that one, a %s, is writing', async (name, _where, start) => {
    const path = tickFile(COUNT)
    using store = TickStore.open(path, { ...MODES[mode], stallTimeoutMs: 30_000 })
    using _unlocked = TickStore.open(path, { writers: 'unlocked' })
    spoil(path)
    const writer = start('finish-write.mjs', {
      path,
      offsetBytes: recordOffsetBytes(INDEX),
      value: ODD + 1,
      delayMs: 50,
    })
    expect(await writer.next()).toEqual({ ready: true })
    // Blocks this thread until the writer is done.
    USES[name]?.(store)
    expect(store.get(INDEX)).toEqual(TICK)
    expect(counterOf(path, INDEX)).toEqual([name === 'get' ? ODD + 1 : ODD + 3, 0])
    expect(store.recovered).toEqual([])
  })
})

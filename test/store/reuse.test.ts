/**
 * A store that is closed leaves its address space, typed arrays and all, to the next one. So whatever is still under way in it,
 * or is asked of it later, must not touch memory: that may show another file.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  type AnyRecord,
  type AnyStore,
  access,
  bytesOf,
  openedOf,
  recordOffsetBytes,
  regionOf,
} from '../support/any-store.ts'
import { expectError } from '../support/expect-error.ts'
import { fastPath } from '../support/temp.ts'
import { contextOf, expectSameBytes, fullRecord, schemaOf, storedFull } from './support/context.ts'
import { IMPLEMENTATIONS } from './support/implementations.ts'

const schema = schemaOf('Full')
/** The counter of a record that was appended, and is being written to for the first time since. */
const ODD = 3

interface Cursor extends AnyRecord {
  seek(index: number): unknown
}

/** Address space of a length that nothing else has. */
const RESERVE = { reserve: 3 * 2 ** 20 }

for (const [name, make] of Object.entries(IMPLEMENTATIONS)) {
  for (const writers of ['one', 'many'] as const) {
    describe(`a store that was closed while it was at work: ${name}, writers: '${writers}'`, () => {
      const core = contextOf({ name, path: 'file', make, options: { writers, ...RESERVE } })

      /** Closes the one store and opens another, which has its address space then; checks that nobody writes to that. */
      function swapped(work: (store: AnyStore, swap: () => void) => unknown): unknown {
        const other = core.createWith('Full', [5, 6, 7].map(fullRecord))
        other.close()
        const store = core.createWith('Full', [0, 1, 2].map(fullRecord))
        const { buffer } = openedOf(store).region
        let reopened: AnyStore | undefined
        const swap = (): void => {
          if (reopened !== undefined) return
          store.close()
          reopened = core.track(core.classOf('Full').open(other.path, { writers, ...RESERVE }))
          expect(openedOf(reopened).region.buffer, 'the address space is used again').toBe(buffer)
          // As if somebody wrote to the record that this store has taken, as the first to do so.
          regionOf(reopened)[recordOffsetBytes(reopened, 1)] = ODD
          before = bytesOf(reopened)
        }
        let before = bytesOf(store)
        try {
          return work(store, swap)
        } finally {
          expect(reopened, 'the stores were swapped').toBeDefined()
          expectSameBytes(reopened as AnyStore, before)
          expect(store.closed).toBe(true)
        }
      }

      const trapped = (action: () => void, record = fullRecord(9)): AnyRecord =>
        Object.defineProperty(record, 'text', {
          enumerable: true,
          get: () => {
            action()
            return 'text'
          },
        })

      const writes: Record<string, (store: AnyStore, swap: () => void) => unknown> = {
        set: (store, swap) => store.set(1, trapped(swap)),
        update: (store, swap) => store.update(1, trapped(swap)),
        append: (store, swap) => store.append(trapped(swap)),
        'appendMany of records': (store, swap) => store.appendMany([fullRecord(8), trapped(swap)]),
        'appendMany of an iterable': (store, swap) =>
          store.appendMany(
            (function* () {
              yield fullRecord(8)
              swap()
              yield fullRecord(9)
            })(),
          ),
        'modify, in its function': (store, swap) =>
          store.modify(1, (record) => {
            swap()
            return record
          }),
        'modify, in what it returns': (store, swap) =>
          store.modify(1, (record) => trapped(swap, { ...record })),
        'a view': (store, swap) => {
          swap()
          return access(store, 'view', 'text', 1)
        },
      }

      it.each(Object.keys(writes))('%s is refused', (what) => {
        expectError(() => swapped(writes[what] as (typeof writes)[string]), 'ERR_CLOSED')
      })

      it('modify that throws leaves the other store alone', () => {
        const work = (store: AnyStore, swap: () => void): unknown =>
          store.modify(1, () => {
            swap()
            throw new RangeError('mine')
          })
        expect(() => swapped(work)).toThrow(new RangeError('mine'))
      })

      it('getInto gives what it read', () => {
        const given = swapped((store, swap) => {
          const target = Object.defineProperty({} as AnyRecord, 'flag', { set: swap })
          return { ...store.getInto(1, target), flag: storedFull(1)['flag'] }
        })
        expect(given).toEqual(storedFull(1))
      })

      it.each([0, 1])('a scan that is at record %d ends there', (at) => {
        const seen: unknown[] = []
        const scan = (store: AnyStore, swap: () => void): void =>
          store.scan({ fields: ['price'] }, (price, index) => {
            seen.push(price)
            if (index === at) swap()
          })
        expectError(() => swapped(scan), 'ERR_CLOSED')
        expect(seen).toEqual([0, 1].slice(0, at + 1).map((i) => storedFull(i)['price']))
      })

      it('an iteration ends', () => {
        const seen: unknown[] = []
        const iterate = (store: AnyStore, swap: () => void): void => {
          for (const record of store) {
            seen.push(record)
            swap()
          }
        }
        expectError(() => swapped(iterate), 'ERR_CLOSED')
        expect(seen).toEqual([storedFull(0)])
      })

      it('every accessor is refused', () => {
        swapped((store, swap) => {
          const cursor = (store as unknown as { cursor(): Cursor }).cursor()
          cursor.seek(1)
          swap()
          for (const { property } of schema.fields) {
            const value = fullRecord(3)[property]
            expectError(() => access(store, 'get', property, 0), 'ERR_CLOSED')
            expectError(() => access(store, 'set', property, 0, value), 'ERR_CLOSED')
            expectError(() => cursor[property], 'ERR_CLOSED')
          }
          expectError(() => access(store, 'add', 'price', 0, 1), 'ERR_CLOSED')
          expectError(
            () => access(store, 'compareAndSet', 'text', 0, storedFull(0)['text'], ''),
            'ERR_CLOSED',
          )
          expectError(() => access(store, 'equals', 'text', 0, ''), 'ERR_CLOSED')
          for (const use of [
            () => store.length,
            () => store.sync(),
            () => store.get(0),
            () => store.append(),
          ]) {
            expectError(use, 'ERR_CLOSED')
          }
        })
      })

      it('waits end without a look', async () => {
        const waiting = swapped((store, swap) => {
          const all = [store.waitForLength(100), store.changed().next(), store.appended().next()]
          swap()
          return Promise.allSettled(all)
        })
        for (const result of (await waiting) as PromiseSettledResult<unknown>[]) {
          expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ERR_CLOSED' } })
        }
      })
    })
  }
}

it('opening and closing without a pause takes no more address space each time', () => {
  const core = contextOf({ name: 'compiled', path: 'file', make: IMPLEMENTATIONS['compiled'] as never })
  const Store = core.classOf('Tick')
  const paths = Array.from({ length: 4 }, () => fastPath())
  for (const path of paths) Store.create(path).close()
  const before = memory()
  for (let round = 0; round < 300; round++) {
    const stores = [
      Store.open(paths[0] as string, { readOnly: true }),
      Store.open(paths[1] as string),
      Store.open(paths[2] as string, { writers: 'many' }),
      Store.open(paths[3] as string, { writers: 'unlocked' }),
    ]
    for (const store of stores) store.close()
  }
  // 1,200 of them would be 150 GiB and more.
  expect(memory().addressSpaceBytes - before.addressSpaceBytes).toBeLessThan(2 ** 31)
  expect(memory().mappings - before.mappings).toBeLessThan(200)
})

function memory(): { addressSpaceBytes: number; mappings: number } {
  const kib = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  const mappings = readFileSync('/proc/self/maps', 'utf8').split('\n').length
  return { addressSpaceBytes: Number(kib) * 1024, mappings }
}

/** What threads leave mapped when they end, whichever way. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import type { StoreOptions } from '../../src/store/options.ts'
import { startWorker } from '../processes/child.ts'
import { TickStore } from '../processes/stores.ts'
import { fastPath } from '../support/temp.ts'

const mappingsOf = (path: string): number =>
  readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .filter((line) => line.includes(path)).length

const ENDINGS = ['close', 'end', 'stay'] as const
/** Bun leaves open what a thread has not closed, and with it the lock of the one writer. */
const keepsLocks = process.versions['bun'] !== undefined

const MODES: readonly [string, StoreOptions][] = [
  ['one writer', {}],
  ['many writers', { writers: 'many' }],
  ['a reader', { readOnly: true }],
]

it.each(keepsLocks ? MODES.slice(1) : MODES)(
  'what threads leave mapped is unmapped by the next one that opens a store: %s',
  async (_, options) => {
    const path = fastPath()
    const store = TickStore.create(path)
    store.append({ symbol: 'S', price: 0, volume: 0, timestamp: 0n })
    store.close()

    async function thread(ending: (typeof ENDINGS)[number]): Promise<void> {
      const worker = startWorker('./leave-mapped.mjs', { path, options, ending })
      expect(await worker.next()).toEqual({ firstByte: ending === 'close' ? 0 : 'S'.charCodeAt(0) })
      expect(mappingsOf(path)).toBeGreaterThanOrEqual(ending === 'close' ? 0 : 2)
      if (ending === 'stay') worker.kill()
      await worker.ended
    }
    for (let round = 0; round < 3; round++) for (const ending of ENDINGS) await thread(ending)
    expect(mappingsOf(path)).toBeGreaterThan(0)
    // A runtime may say that a thread has ended a little before it has.
    for (let round = 0; round < 20 && mappingsOf(path) > 0; round++) await thread('close')
    expect(mappingsOf(path)).toBe(0)
  },
)

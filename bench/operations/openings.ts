/** Opening a large store: after a clean close, and after its writer died. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { timing, type Workbench } from '../measure/workbench.ts'
import { MarketStore } from './records.ts'
import { largeStore } from './sparse.ts'

const RECORDS = 10_000_000

export function openingOperations(bench: Workbench): void {
  const path = bench.path()
  largeStore(path, RECORDS)
  MarketStore.open(path).close()
  const openings = bench.effort.rounds
  bench.add(
    { id: 'open-clean', label: 'open 10 M records after a clean close' },
    timing(
      'store',
      Array.from({ length: openings }, () => opening(path)),
    ),
  )
  bench.add(
    { id: 'open-read-only', label: 'open 10 M records, read-only' },
    timing(
      'store',
      Array.from({ length: openings }, () => opening(path, { readOnly: true })),
    ),
  )
  bench.add(
    { id: 'open-unclean', label: 'open 10 M records after the writer was killed' },
    timing(
      'store',
      Array.from({ length: 5 }, () => {
        const { signal } = openAndDie(path)
        if (signal !== 'SIGKILL') throw new RangeError('the writer was to be killed')
        return opening(path)
      }),
    ),
  )
}

function opening(path: string, options = {}): number {
  const began = performance.now()
  const store = MarketStore.open(path, options)
  const tookNs = (performance.now() - began) * 1e6
  store.close()
  return tookNs
}

/** What the other process runs: opens the store, writes, and is killed before it closes. */
export function dieAsWriter(path: string): void {
  const store = MarketStore.open(path)
  store.setPrice(0, 1)
  process.kill(process.pid, 'SIGKILL')
}

function openAndDie(path: string): SpawnSyncReturns<Buffer> {
  const main = fileURLToPath(new URL('../main.js', import.meta.url))
  const flags = process.versions['deno'] === undefined ? [] : ['run', '-A']
  return spawnSync(process.execPath, [...flags, main, '--die', path], { timeout: 60_000 })
}

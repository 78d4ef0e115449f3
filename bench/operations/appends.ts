/**
 * Appending with growth, and how much of it is the kernel's: the first store to each page of a file makes the processor
 * ask the kernel for it, which takes as long as hundreds of appends, whoever stores there. So it is measured on its own,
 * on the same file system.
 */

import { readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fresh } from '../measure/fresh-function.ts'
import type { Subject } from '../measure/sample.ts'
import { sampleInTurns } from '../measure/sample.ts'
import { median, ratioOfRounds, rounded } from '../measure/statistics.ts'
import { MEMORY_FOLDER, timing, type Workbench } from '../measure/workbench.ts'
import { MarketStore, touch } from './records.ts'
import { type AnyStore, closeAll, filled, listOf, market } from './sample-records.ts'

const RECORDS = 20_000
const records = listOf(1024, market)

interface Place {
  readonly id: string
  readonly label: string
  readonly parent: string | undefined
}

export function appendOperations(bench: Workbench): void {
  const places: Place[] = [{ id: 'disk', label: 'on disk', parent: undefined }]
  if (MEMORY_FOLDER !== undefined) places.push({ id: 'shm', label: 'in /dev/shm', parent: MEMORY_FOLDER })
  for (const place of places) appendingAt(bench, place)
}

function appendingAt(bench: Workbench, { id, label, parent }: Place): void {
  const path = bench.path(parent)
  const kernel = `${label}, first touch of each page`
  const target = filled(MarketStore.create(bench.path(parent)), market, RECORDS)
  const subjects = [
    appending('append with growth', path, {}),
    appending('append into pages that were touched before', path, { capacity: RECORDS, touched: true }),
    setting(target),
    touching(path),
  ]
  const [grown, faulted, set, touched] = sampleInTurns(subjects, {
    ...bench.effort,
    rounds: Math.ceil(bench.effort.rounds / 2),
    samplesPerRound: 3,
  })
  if (grown && faulted && set && touched) {
    const against = 'set whole record'
    const baseline = (ours: number[]) => ({
      ...timing(against, set.samplesNs),
      ratio: rounded(ratioOfRounds(ours, set.roundsNs)),
    })
    bench.add(
      { id: `append-${id}`, label: `append a record, growth included, ${label}` },
      timing('store', grown.samplesNs),
      [baseline(grown.roundsNs)],
    )
    const perRecord = touched.roundsNs
    bench.add(
      { id: `append-${id}-rest`, label: `append a record, growth included, ${label}, less first touches` },
      timing('store', [Math.max(0, median(grown.roundsNs) - median(perRecord))]),
      [baseline(grown.roundsNs.map((took, round) => took - (perRecord[round] as number)))],
    )
    bench.add(
      { id: `append-${id}-touched`, label: `append a record into touched pages, ${label}` },
      timing('store', faulted.samplesNs),
      [baseline(faulted.roundsNs)],
    )
    bench.add(
      { id: `touch-${id}`, label: `what the kernel takes, a record: ${kernel}` },
      timing('kernel', touched.samplesNs),
    )
  }
  closeAll(target)
}

function appending(
  name: string,
  path: string,
  { capacity, touched = false }: { capacity?: number; touched?: boolean },
): Subject {
  let store: AnyStore | undefined
  const run = fresh<(store: unknown) => unknown>(
    { records },
    `return function run(store) { for (let i = 0; i < ${RECORDS}; i++) store.append(records[i & 1023]) }`,
  )
  return {
    name,
    operations: RECORDS,
    before: () => {
      store = create(path, capacity)
      if (touched) touch(store)
    },
    run: () => run(store),
    after: () => remove(store as AnyStore, path),
  }
}

function setting(store: AnyStore): Subject {
  const run = fresh<() => unknown>(
    { store, records },
    `return function run() { for (let i = 0; i < ${RECORDS}; i++) store.set(i, records[i & 1023]) }`,
  )
  return { name: 'set whole record', operations: RECORDS, run }
}

/** The first store to each page of a fresh file, spread over the records that it has room for. */
function touching(path: string): Subject {
  let store: AnyStore | undefined
  return {
    name: 'first touch',
    operations: RECORDS,
    before: () => {
      store = create(path, RECORDS)
    },
    run: () => touch(store as AnyStore),
    after: () => remove(store as AnyStore, path),
  }
}

function create(path: string, capacity?: number): AnyStore {
  return MarketStore.create(path, capacity === undefined ? {} : { capacity }) as unknown as AnyStore
}

function remove(store: AnyStore, path: string): void {
  closeAll(store)
  const folder = dirname(path)
  for (const name of readdirSync(folder)) rmSync(join(folder, name))
}

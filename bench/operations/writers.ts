/** What many writers cost where nobody else writes, what the journal costs, and what the processor asks for by itself. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { makeBare } from '../baselines/bare.ts'
import { fresh } from '../measure/fresh-function.ts'
import { looked, loopOver } from '../measure/loops.ts'
import type { Subject } from '../measure/sample.ts'
import type { Workbench } from '../measure/workbench.ts'
import { MarketStore, TextStore } from './records.ts'
import { type AnyStore, COUNT, closeAll, filled, listOf, market, text } from './sample-records.ts'

const RECORDS = 20_000

export async function writerOperations(bench: Workbench): Promise<void> {
  const open = (options: object) => filled(MarketStore.create(bench.path(), options), market)
  const one = open({ writers: 'one' })
  const hasty = open({ writers: 'one', journal: false })
  const many = open({ writers: 'many' })
  const bare = makeBare(MarketStore.definition.layout, COUNT)
  const values = listOf(COUNT, (i) => i * 1.5)
  const records = listOf(COUNT, market)
  const loop = (name: string, store: object, body: string, given: unknown[] = values) =>
    loopOver(name, [store], COUNT, { body, values: given })

  const againstOne = (id: string, label: string, body: string, given?: unknown[]) =>
    bench.compare({
      id: `many-${id}`,
      label: `${label}, many writers`,
      ours: loop('store', many, body, given),
      baselines: [loop(ONE, one, body, given)],
    })
  bench.compare({
    id: 'many-set-float64',
    label: 'set a float64 field, many writers',
    ours: loop('store', many, 'subject.setPrice(index, value)'),
    baselines: [loop(ONE, one, 'subject.setPrice(index, value)'), swapping(bare as object, values)],
    against: ONE,
  })
  againstOne(
    'set-uint53',
    'set a uint53 field',
    'subject.setId(index, value)',
    listOf(COUNT, (i) => i * 1e10),
  )
  againstOne('add-float64', 'add to a float64 field', 'subject.addPrice(index, value)')
  againstOne(
    'compare-and-set',
    'compare and set a float64 field',
    'subject.compareAndSetPrice(index, subject.getPrice(index), value)',
  )
  againstOne('set-record', 'set a whole record', 'subject.set(index, value)', records)
  againstOne('modify', 'modify a record', 'subject.modify(index, change)'.replace('change', '(r) => r'))
  bench.compare({
    id: 'many-append',
    label: 'append a record, many writers',
    ours: appending('store', () => open({ writers: 'many', capacity: RECORDS })),
    baselines: [appending(ONE, () => open({ writers: 'one', capacity: RECORDS }))],
  })

  const journaled = (id: string, label: string, body: string, given?: unknown[]) =>
    bench.compare({
      id: `journal-${id}`,
      label: `${label}, with a journal`,
      ours: loop('store', one, body, given),
      baselines: [loop('without a journal', hasty, body, given)],
    })
  journaled('set-float64', 'set a float64 field', 'subject.setPrice(index, value)')
  journaled('set-record', 'set a whole record', 'subject.set(index, value)', records)
  journaled('update-2', 'update two fields', 'subject.update(index, { price: value, volume: value })')
  const texts = (journal: boolean) => filled(TextStore.create(bench.path(), { journal }), text)
  const [kept, lost] = [texts(true), texts(false)]
  const setting = (name: string, store: object) =>
    loop(
      name,
      store,
      'subject.setTicker(index, value)',
      listOf(COUNT, (i) => text(i).ticker),
    )
  bench.compare({
    id: 'journal-set-text-ticker',
    label: 'set a short ASCII string, with a journal',
    ours: setting('store', kept),
    baselines: [setting('without a journal', lost)],
  })
  await besideAWriter(bench)
  closeAll(kept, lost)
  closeAll(one, hasty, many)
}

const ONE = 'one writer'

/** The stores of a bare write, and the one compare-and-swap that two writers can't do without. */
function swapping(bare: object, values: unknown[]): Subject {
  const { definition } = MarketStore
  const stride = definition.layout.recordSizeBytes / 4
  const i32 = (bare as { i32: Int32Array }).i32
  return loopOver('a compare-and-swap and the stores, bare', [bare], COUNT, {
    body: `const counter = index * ${stride} + 16
      const before = i32[counter]
      if (Atomics.compareExchange(i32, counter, before, before | 1) !== before) throw new Error('taken')
      subject.setPrice(index, value)
      i32[counter] = before + 2`,
    values,
    locals: { i32 },
  })
}

function appending(name: string, open: () => AnyStore): Subject {
  const loop = fresh<(store: AnyStore) => void>(
    { records: listOf(1024, market) },
    `return function run(store) { for (let i = 0; i < ${RECORDS - COUNT}; i++) store.append(records[i & 1023]) }`,
  )
  let store: AnyStore
  return {
    name,
    operations: RECORDS - COUNT,
    before: () => {
      store = open()
    },
    run: () => loop(store),
    after: () => closeAll(store),
  }
}

/** Reads of some records while another process writes others as fast as it can. */
async function besideAWriter(bench: Workbench): Promise<void> {
  const quiet = filled(MarketStore.create(bench.path(), { writers: 'many' }), market, COUNT * 2)
  const busyPath = bench.path()
  const busy = filled(MarketStore.create(busyPath, { writers: 'many' }), market, COUNT * 2)
  const writer = fork(fileURLToPath(new URL('../processes/busy-writer.js', import.meta.url)), [
    busyPath,
    `${COUNT}`,
  ])
  try {
    await once(writer, 'message')
    for (const [id, label, body] of [
      ['get-float64', 'get a float64 field', looked('subject.getPrice(index)')],
      ['get-record', 'get a whole record', looked('subject.get(index).price')],
    ] as const) {
      bench.compare({
        id: `beside-${id}`,
        label: `${label}, a writer at other records`,
        ours: loopOver('store', [busy], COUNT, { body }),
        baselines: [loopOver('nobody writes', [quiet], COUNT, { body })],
      })
    }
  } finally {
    writer.kill()
  }
  closeAll(quiet, busy)
}

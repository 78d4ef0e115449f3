/** One field, and several, of the record of 48 bytes. */
import { makeBare } from '../baselines/bare.ts'
import { looked, loopOver } from '../measure/loops.ts'
import type { Subject } from '../measure/sample.ts'
import type { Workbench } from '../measure/workbench.ts'
import { LedgerStore, MarketStore } from './records.ts'
import { COUNT, closeAll, filled, listOf, market } from './sample-records.ts'

export function fieldOperations(bench: Workbench): void {
  const store = filled(MarketStore.create(bench.path()), market)
  const bare = makeBare(MarketStore.definition.layout, COUNT)
  const both = (id: string, label: string, body: string, values?: unknown[]) => {
    const loop = { body, ...(values && { values }) }
    bench.compare({
      id,
      label,
      ours: loopOver('store', [store], COUNT, loop),
      baselines: [loopOver('bare typed arrays', [bare], COUNT, loop)],
    })
  }
  both('get-float64', 'get a float64 field', looked('subject.getPrice(index)'))
  both('get-uint53', 'get a uint53 field', looked('subject.getId(index)'))
  both(
    'set-float64',
    'set a float64 field',
    'subject.setPrice(index, value)',
    listOf(COUNT, (i) => i * 1.5),
  )
  both(
    'set-uint53',
    'set a uint53 field',
    'subject.setId(index, value)',
    listOf(COUNT, (i) => i * 1e10),
  )
  severalFields(bench, store, bare)
  closeAll(store)

  const ledger = filled(LedgerStore.create(bench.path()), (i) => ({
    ...market(i),
    id: BigInt(i) * 10n ** 12n,
  }))
  const bareLedger = makeBare(LedgerStore.definition.layout, COUNT)
  // Kept, because a bigint that is only looked at is one that compilers don't make.
  const loop = () => ({
    body: 'kept[index & 7] = subject.getId(index)',
    locals: { kept: new Array<bigint>(8).fill(0n) },
  })
  bench.compare({
    id: 'get-uint64',
    label: 'get a uint64 field as bigint',
    ours: loopOver('store', [ledger], COUNT, loop()),
    baselines: [loopOver('bare BigUint64Array', [bareLedger], COUNT, loop())],
  })
  closeAll(ledger)
}

function severalFields(bench: Workbench, store: object, bare: object): void {
  const getters = looked('subject.getPrice(index) + subject.getVolume(index) + subject.getMarketCap(index)')
  const bareReads = () => loopOver('bare, three reads of one record', [bare], COUNT, { body: getters })
  if ('cursor' in store) {
    const cursor = (store as { cursor(): object }).cursor()
    bench.compare({
      id: 'cursor',
      label: 'three fields by a cursor',
      ours: loopOver('store', [cursor], COUNT, {
        body: `subject.seek(index); ${looked('subject.price + subject.volume + subject.marketCap')}`,
      }),
      baselines: [sumOfReads(bare), bareReads()],
      against: SUM_OF_READS,
    })
  }
  if ('getInto' in store) {
    const into = () => ({ body: 'subject.getInto(index, target)', locals: { target: target() } })
    bench.compare({
      id: 'get-into',
      label: "five fields into a caller's object",
      ours: loopOver('store', [store], COUNT, into()),
      baselines: [loopOver('bare, five reads', [bare], COUNT, into())],
    })
  }
  bench.compare({
    id: 'three-getters',
    label: 'three fields by three getters',
    ours: loopOver('store', [store], COUNT, { body: getters }),
    baselines: [sumOfReads(bare), bareReads()],
    against: SUM_OF_READS,
  })
}

const SUM_OF_READS = 'the sum of three bare reads'

/** Each read on its own, checks and all: what three fields cost that are not read together. */
function sumOfReads(bare: object): Subject {
  const loops = ['getPrice', 'getVolume', 'getMarketCap'].map((get) =>
    loopOver(get, [bare], COUNT, { body: looked(`subject.${get}(index)`) }),
  )
  return { name: SUM_OF_READS, operations: COUNT, run: () => loops.map(({ run }) => run()) }
}

/** Fractions, so that each property holds a double from the start, as it will. */
function target() {
  return { id: 0.5, price: 0.5, volume: 0.5, marketCap: 0.5, stale: false }
}

/** Whole records, read and written. */
import { makeBare } from '../baselines/bare.ts'
import { loopOver } from '../measure/loops.ts'
import type { Workbench } from '../measure/workbench.ts'
import { MarketStore } from './records.ts'
import { COUNT, closeAll, filled, listOf, market } from './sample-records.ts'

export function wholeRecordOperations(bench: Workbench): void {
  const store = filled(MarketStore.create(bench.path()), market)
  const bare = makeBare(MarketStore.definition.layout, COUNT)
  // Kept, because an object that goes nowhere is one that compilers don't make.
  const getting = () => ({
    body: 'kept[index & 7] = subject.get(index)',
    locals: { kept: new Array<unknown>(8).fill(null) },
  })
  bench.compare({
    id: 'get-record',
    label: 'get a whole record',
    ours: loopOver('store', [store], COUNT, getting()),
    baselines: [loopOver('building the same object', [bare], COUNT, getting())],
  })
  const setting = { body: 'subject.set(index, value)', values: listOf(COUNT, market) }
  bench.compare({
    id: 'set-record',
    label: 'set a whole record',
    ours: loopOver('store', [store], COUNT, setting),
    baselines: [loopOver('bare stores', [bare], COUNT, setting)],
  })
  const values = listOf(COUNT, (i) => i * 1.5)
  bench.compare({
    id: 'update-2',
    label: 'update two fields',
    ours: loopOver('store', [store], COUNT, {
      body: 'subject.update(index, { price: value, volume: value })',
      values,
    }),
    baselines: [
      loopOver('bare stores', [bare], COUNT, {
        body: 'subject.setPrice(index, value); subject.setVolume(index, value)',
        values,
      }),
    ],
  })
  closeAll(store)
}

/** Several stores in one loop: nothing may get slower for the others being there. */
import * as types from 'mmapforge'
import { defineStore } from 'mmapforge'
import { type Bare, bareClass } from '../baselines/bare.ts'
import { looked, loopOver } from '../measure/loops.ts'
import type { Workbench } from '../workbench.ts'
import { type AnyStore, COUNT, closeAll, filled, listOf, MARKET, MarketStore, market } from './records.ts'

export const ONE_STORE = 'one store'

/** Operations by name, as bodies of a loop. */
const OPERATIONS = [
  { name: 'get float64', body: looked('subject.getPrice(index)') },
  { name: 'set float64', body: 'subject.setPrice(index, value)', values: listOf(COUNT, (i) => i * 1.5) },
  { name: 'get record', body: 'kept[index & 7] = subject.get(index)' },
  { name: 'set record', body: 'subject.set(index, value)', values: listOf(COUNT, market) },
]

export function manyStoreOperations(bench: Workbench): void {
  const single = filled(MarketStore.create(bench.path()), market)
  const makeTwin = bareClass(MarketStore.definition.layout)
  const same = listOf(3, () => filled(MarketStore.create(bench.path()), market))
  compareAll(
    bench,
    'of one class',
    single,
    same,
    listOf(3, () => makeTwin(COUNT)),
  )

  const classes = [types.uint32, types.uint53, types.str(16)].map((extra, i) =>
    defineStore(`Other${i}`, { version: 1 }, { ...MARKET, extra }),
  )
  const different = classes.map((Other, i) =>
    filled(Other.create(bench.path()), (n) => ({ ...market(n), extra: i === 2 ? 'text' : 1 })),
  )
  compareAll(
    bench,
    'of three classes',
    single,
    different,
    classes.map(({ definition }) => bareClass(definition.layout)(COUNT)),
    listOf(COUNT, (i) => [marketAnd(i, 1), marketAnd(i, 2), marketAnd(i, 'text')]),
  )
  closeAll(single, ...same, ...different)
}

/** One literal, so that engines know the shape from the start. */
function marketAnd(i: number, extra: unknown) {
  const { id, price, volume, marketCap, stale } = market(i)
  return { id, price, volume, marketCap, stale, extra }
}

function compareAll(
  bench: Workbench,
  which: string,
  single: AnyStore,
  stores: AnyStore[],
  twins: Bare[],
  records?: readonly unknown[][],
): void {
  for (const { name, body, values } of OPERATIONS) {
    // Records of another shape for each store, as a program would have them.
    const isOwn = name === 'set record' && records !== undefined
    const each = isOwn ? body.replace('value', 'value[of]') : body
    const given = isOwn ? records : values
    const loop = (body: string, given: readonly unknown[] | undefined) => ({
      body,
      locals: { kept: new Array<unknown>(8).fill(null) },
      ...(given && { values: given }),
    })
    bench.compare({
      id: `stores-${which.split(' ').at(-1) === 'class' ? 'same' : 'different'}-${name.replace(' ', '-')}`,
      label: `${name}, three stores ${which} in turn`,
      ours: loopOver('three stores', stores, COUNT, loop(each, given)),
      baselines: [
        loopOver(ONE_STORE, [single], COUNT, loop(body, values)),
        loopOver('bare, three twins', twins, COUNT, loop(each, given)),
      ],
      against: ONE_STORE,
    })
  }
}

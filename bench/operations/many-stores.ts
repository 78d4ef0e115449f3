/** Several stores in one loop: nothing may get slower for the others being there. */
import * as types from 'mmapforge'
import { defineStore } from 'mmapforge'
import { type Bare, bareClass } from '../baselines/bare.ts'
import { type Loop, looked, loopOver } from '../measure/loops.ts'
import type { Subject } from '../measure/sample.ts'
import type { Workbench } from '../measure/workbench.ts'
import { MARKET, MarketStore } from './records.ts'
import { type AnyStore, COUNT, closeAll, filled, listOf, market } from './sample-records.ts'

export const ONE_STORE = 'one store'
const EACH_ALONE = 'each store on its own'

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
  for (const operation of OPERATIONS) {
    const { body, values } = operation
    compare(bench, operation, {
      which: 'of one class',
      stores: same,
      twins: listOf(3, () => makeTwin(COUNT)),
      loop: loopWith(body, values),
      alone: loopOver(ONE_STORE, [single], COUNT, loopWith(body, values)),
    })
  }

  const classes = [types.uint32, types.uint53, types.str(16)].map((extra, i) =>
    defineStore(`Other${i}`, { version: 1 }, { ...MARKET, extra }),
  )
  const different = classes.map((Other, i) =>
    filled(Other.create(bench.path()), (n) => marketAnd(n, EXTRAS[i])),
  )
  const twins = classes.map(({ definition }) => bareClass(definition.layout)(COUNT))
  const records = EXTRAS.map((extra) => listOf(COUNT, (i) => marketAnd(i, extra)))
  for (const operation of OPERATIONS) {
    const { name, body, values } = operation
    // Each store has records of its own class.
    const isOwn = name === 'set record'
    const all = listOf(COUNT, (i) => records.map((each) => each[i]))
    const alone = different.map((store, of) =>
      loopOver(EACH_ALONE, [store], COUNT, loopWith(body, isOwn ? records[of] : values)),
    )
    compare(bench, operation, {
      which: 'of three classes',
      stores: different,
      twins,
      loop: isOwn ? loopWith(body.replace('value', 'value[of]'), all) : loopWith(body, values),
      alone: {
        name: EACH_ALONE,
        operations: COUNT * different.length,
        run: () => alone.map(({ run }) => run()),
      },
    })
  }
  closeAll(single, ...same, ...different)
}

const EXTRAS = [1, 2, 'text']

/** One literal for all, so that engines know the shape: records of many shapes are slower to read, whatever store they go to. */
function marketAnd(i: number, extra: unknown) {
  const { id, price, volume, marketCap, stale } = market(i)
  return { id, price, volume, marketCap, stale, extra }
}

function loopWith(body: string, values: readonly unknown[] | undefined): Loop {
  return { body, locals: { kept: new Array<unknown>(8).fill(null) }, ...(values && { values }) }
}

function compare(
  bench: Workbench,
  { name }: (typeof OPERATIONS)[number],
  {
    which,
    stores,
    twins,
    loop,
    alone,
  }: { which: string; stores: AnyStore[]; twins: Bare[]; loop: Loop; alone: Subject },
): void {
  bench.compare({
    id: `stores-${which.split(' ').at(-1) === 'class' ? 'same' : 'different'}-${name.replace(' ', '-')}`,
    label: `${name}, three stores ${which} in turn`,
    ours: loopOver('three stores', stores, COUNT, loop),
    baselines: [alone, loopOver('bare, three twins', twins, COUNT, loop)],
    against: alone.name,
  })
}

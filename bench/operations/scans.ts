/** One field of a million records, summed: every way to walk a store, beside a bare strided loop over the same bytes. */

import { HEADER_SIZE_BYTES } from '../../src/format/header.ts'
import { fresh } from '../measure/fresh-function.ts'
import type { Subject } from '../measure/sample.ts'
import type { Workbench } from '../workbench.ts'
import { type AnyStore, closeAll, filled, MarketStore, market, touch } from './records.ts'

const ROWS = 1_000_000

/** A run of its own source, as each loop that is measured. */
function walk(name: string, store: unknown, statements: string): Subject {
  const run = fresh<() => unknown>(
    { store },
    `return function run() { let sum = 0; ${statements}; return sum }`,
  )
  return { name, operations: ROWS, run }
}

function bareWalk(): Subject {
  const { recordSizeBytes, fields } = MarketStore.definition.layout
  const offset = fields.find(({ property }) => property === 'price')?.offsetBytes as number
  const f64 = new Float64Array((HEADER_SIZE_BYTES + ROWS * recordSizeBytes) / 8)
  const first = (HEADER_SIZE_BYTES + offset) / 8
  const stride = recordSizeBytes / 8
  for (let i = 0; i < ROWS; i++) f64[first + i * stride] = market(i).price
  return walk(
    'bare strided loop',
    f64,
    `const f64 = store; for (let i = 0; i < ${ROWS}; i++) sum += f64[i * ${stride} + ${first}]`,
  )
}

export function scanOperations(bench: Workbench): void {
  const store = filled(MarketStore.create(bench.path(), { capacity: ROWS }), market, ROWS)
  const ways: [id: string, label: string, statements: string][] = []
  if ('scan' in store)
    ways.push([
      'scan',
      'scan',
      "const total = { sum: 0.5 }; store.scan({ fields: ['price'] }, (price) => { total.sum += price }); sum = total.sum - 0.5",
    ])
  ways.push([
    'getters',
    'a getter for each',
    `for (let i = 0, n = store.length; i < n; i++) sum += store.getPrice(i)`,
  ])
  if ('cursor' in store) {
    ways.push([
      'cursor',
      'a cursor',
      'const c = store.cursor(); for (let i = 0, n = store.length; i < n; i++) sum += c.seek(i).price',
    ])
  }
  ways.push(['iterator', 'for … of', 'for (const record of store) sum += record.price'])
  const expected = total(bareWalk())
  for (const [id, label, statements] of ways) {
    const ours = walk('store', store, statements)
    if (total(ours) !== expected) throw new RangeError(`${label} gives another sum than the bare loop`)
    bench.compare({
      id: `sum-${id}`,
      label: `sum one field of 1 M records: ${label}`,
      ours,
      baselines: [bareWalk()],
    })
  }
  bulkLoading(bench, store)
  closeAll(store)
}

function total({ run }: Subject): unknown {
  return run()
}

/** Loading, by columns and by records, beside one append after another. */
function bulkLoading(bench: Workbench, source: AnyStore): void {
  if (!('appendMany' in source)) return
  const rows = 20_000
  const records = Array.from({ length: rows }, (_, i) => market(i))
  const columns = Object.fromEntries(
    Object.keys(market(0)).map((key) => [key, records.map((record) => record[key as 'id'])]),
  )
  const load = (name: string, statement: string): Subject => {
    let store: AnyStore | undefined
    const run = fresh<(store: unknown) => unknown>(
      { records, columns },
      `return function run(store) { ${statement} }`,
    )
    return {
      name,
      operations: rows,
      before: () => {
        store = MarketStore.create(':memory:', { capacity: rows }) as unknown as AnyStore
        // Appended twice over the same memory would need a way to shorten a store, so fresh memory is touched first.
        touch(store)
      },
      run: () => run(store),
      after: () => closeAll(store as AnyStore),
    }
  }
  const appends = () => load('append', 'for (let i = 0; i < records.length; i++) store.append(records[i])')
  for (const what of ['records', 'columns']) {
    bench.compare({
      id: `append-many-${what}`,
      label: `appendMany of ${what}, in memory`,
      ours: load('appendMany', `store.appendMany(${what})`),
      baselines: [appends()],
    })
  }
}

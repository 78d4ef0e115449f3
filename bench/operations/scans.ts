/** One field of a million records, summed: every way to walk a store, beside a bare strided loop over the same bytes. */

import { HEADER_SIZE_BYTES } from '../../src/format/header.ts'
import { fresh } from '../measure/fresh-function.ts'
import type { Subject } from '../measure/sample.ts'
import type { Workbench } from '../measure/workbench.ts'
import { MarketStore, touch } from './records.ts'
import { type AnyStore, closeAll, filled, market } from './sample-records.ts'

const ROWS = 1_000_000

/** A run of its own source, as each loop that is measured. */
function walk(name: string, store: unknown, statements: string): Subject {
  const run = fresh<() => unknown>(
    { store },
    `return function run() { let sum = 0; ${statements}; return sum }`,
  )
  return { name, operations: ROWS, run }
}

/** The same bytes in an array. */
function bareTwin(): { f64: Float64Array; first: number; stride: number } {
  const { recordSizeBytes, fields } = MarketStore.definition.layout
  const offset = fields.find(({ property }) => property === 'price')?.offsetBytes as number
  const f64 = new Float64Array((HEADER_SIZE_BYTES + ROWS * recordSizeBytes) / 8)
  const first = (HEADER_SIZE_BYTES + offset) / 8
  const stride = recordSizeBytes / 8
  for (let i = 0; i < ROWS; i++) f64[first + i * stride] = market(i).price
  return { f64, first, stride }
}

function bareWalk(): Subject {
  const { f64, first, stride } = bareTwin()
  return walk(
    'bare strided loop',
    f64,
    `const f64 = store; for (let i = 0; i < ${ROWS}; i++) sum += f64[i * ${stride} + ${first}]`,
  )
}

/** What is done for each record is a function's in both: it gathers in memory what the bare loop keeps in a register. */
const VISITING = 'const total = { sum: 0.5 }; const visit = (price) => { total.sum += price }'
const VISITED = 'sum = total.sum - 0.5'
const BARE_VISITS = 'bare strided loop, the same visitor'

function bareVisits(): Subject {
  const { f64, first, stride } = bareTwin()
  const loop = `for (let i = 0; i < ${ROWS}; i++) visit(f64[i * ${stride} + ${first}])`
  return walk(BARE_VISITS, f64, `const f64 = store; ${VISITING}; ${loop}; ${VISITED}`)
}

interface Way {
  readonly id: string
  readonly label: string
  readonly statements: string
  readonly isVisiting?: boolean
}

const WAYS: readonly Way[] = [
  {
    id: 'reduce',
    label: 'reduce',
    statements: "sum = store.reduce({ fields: ['price'] }, (sum, price) => sum + price, 0)",
  },
  {
    id: 'scan',
    label: 'scan',
    statements: `${VISITING}; store.scan({ fields: ['price'] }, visit); ${VISITED}`,
    isVisiting: true,
  },
  {
    id: 'getters',
    label: 'a getter for each',
    statements: 'for (let i = 0, n = store.length; i < n; i++) sum += store.getPrice(i)',
  },
  {
    id: 'cursor',
    label: 'a cursor',
    statements:
      'const c = store.cursor(); for (let i = 0, n = store.length; i < n; i++) sum += c.seek(i).price',
  },
  { id: 'iterator', label: 'for … of', statements: 'for (const record of store) sum += record.price' },
]

export function scanOperations(bench: Workbench): void {
  const store = filled(MarketStore.create(bench.path(), { capacity: ROWS }), market, ROWS)
  otherScans(store as unknown as InstanceType<typeof MarketStore>)
  const expected = total(bareWalk())
  for (const { id, label, statements, isVisiting } of WAYS) {
    const ours = walk('store', store, statements)
    if (total(ours) !== expected) throw new RangeError(`${label} gives another sum than the bare loop`)
    bench.compare({
      id: `sum-${id}`,
      label: `sum one field of 1 M records: ${label}`,
      ours,
      baselines: [bareWalk(), ...(isVisiting ? [bareVisits()] : [])],
      ...(isVisiting && { against: BARE_VISITS }),
    })
  }
  bulkLoading(bench)
  closeAll(store)
}

/** As in any program, what is measured is not the only scan of the field. */
function otherScans(store: InstanceType<typeof MarketStore>): void {
  let greatest = 0
  let last = 0
  store.scan({ fields: ['price'] }, (price) => {
    greatest = Math.max(greatest, price)
  })
  store.scan({ fields: ['price'] }, (price, index) => {
    if (price > 0) last = index
  })
  const least = store.reduce({ fields: ['price'] }, (least, price) => Math.min(least, price), greatest)
  const text = store.reduce({ fields: ['price'], to: 10 }, (text, price) => text + price, '')
  if (last !== ROWS - 1 || least !== 0 || text === '') throw new RangeError('a scan went wrong')
}

function total({ run }: Subject): unknown {
  return run()
}

/** Loading, by columns and by records, beside one append after another. */
function bulkLoading(bench: Workbench): void {
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

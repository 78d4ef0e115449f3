/** What the protocol costs, step by step, and how much of what a store takes is left over. */
import { looked, loopOver } from '../measure/loops.ts'
import { type Subject, sampleInTurns } from '../measure/sample.ts'
import { ratioOfRounds, rounded } from '../measure/statistics.ts'
import { timing, type Workbench } from '../measure/workbench.ts'
import { MarketStore } from '../operations/records.ts'
import { type AnyStore, COUNT, closeAll, filled, listOf, market } from '../operations/sample-records.ts'
import { STEPS, subjectOf } from './steps.ts'

interface Operation {
  /** As a key of the steps. */
  readonly id: string
  readonly label: string
  /** With `CALL` for the call of a step, which takes `index, value`. */
  readonly body: string
  /** The same of a store. */
  readonly ours: string
  readonly values?: readonly unknown[]
}

const OPERATIONS: readonly Operation[] = [
  { id: 'get-float64', label: 'get a float64 field', body: looked('CALL'), ours: 'getPrice' },
  { id: 'get-uint53', label: 'get a uint53 field', body: looked('CALL'), ours: 'getId' },
  {
    id: 'set-float64',
    label: 'set a float64 field',
    body: 'CALL',
    ours: 'setPrice',
    values: listOf(COUNT, (i) => i * 1.5),
  },
  {
    id: 'set-uint53',
    label: 'set a uint53 field',
    body: 'CALL',
    ours: 'setId',
    values: listOf(COUNT, (i) => i * 1e10),
  },
  { id: 'set-record', label: 'set a whole record', body: 'CALL', ours: 'set', values: listOf(COUNT, market) },
  {
    id: 'update-2',
    label: 'update two fields',
    body: 'CALL',
    ours: 'update',
    values: listOf(COUNT, (i) => ({ price: i * 1.5 + 0.5, volume: i * 1.5 + 0.5 })),
  },
]

/** Those whose cost the journal is part of, since a writer that dies in the middle would leave them mixed. */
const JOURNALLED = new Set(['set-record', 'update-2'])

export function limitOperations(bench: Workbench): void {
  const store = filled(MarketStore.create(bench.path(), { journal: false }), market)
  const journalled = filled(MarketStore.create(bench.path()), market)
  for (const operation of OPERATIONS) measure(bench, operation, store, journalled)
  closeAll(store, journalled)
}

function measure(bench: Workbench, operation: Operation, store: AnyStore, journalled: AnyStore): void {
  const { id, label, body, ours, values } = operation
  const loop = (name: string, subject: object, method: string): Subject =>
    loopOver(name, [subject], COUNT, {
      body: body.replace('CALL', `subject.${method}(index${values ? ', value' : ''})`),
      ...(values && { values }),
    })
  const steps = STEPS[id] ?? []
  const rows = [
    ...steps.map((step) => ({ ...step, subject: loop(step.label, subjectOf(step), 'run') })),
    { id: `${id}-store`, label: 'the store', subject: loop('store', store, ours) },
    ...(JOURNALLED.has(id)
      ? [
          {
            id: `${id}-journal`,
            label: 'the store, with its journal',
            subject: loop('store', journalled, ours),
          },
        ]
      : []),
  ]
  const sampled = sampleInTurns(
    rows.map(({ subject }) => subject),
    bench.effort,
  )
  const bare = sampled[0]
  rows.forEach((row, i) => {
    const own = sampled[i]
    if (own === undefined || bare === undefined) return
    const ratio = rounded(ratioOfRounds(own.roundsNs, bare.roundsNs))
    bench.add(
      { id: `limit-${row.id}`, label: `${label}: ${row.label}` },
      timing(row.label, own.samplesNs),
      i === 0 ? [] : [{ ...timing('bare', bare.samplesNs), ratio }],
    )
  })
}

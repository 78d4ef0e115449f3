/** Scans that were compiled and those made of closures agree, with each other and with `get`, on random schemas. */
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { emittedStore } from '../../../src/codegen/compile.ts'
import { closureScan, compiledScan } from '../../../src/codegen/make-scan.ts'
import { MmapForgeError } from '../../../src/errors.ts'
import { defineRecord } from '../../../src/schema/definition.ts'
import type { LayoutField } from '../../../src/schema/layout.ts'
import type { Scan, Scannable } from '../../../src/store/scan.ts'
import { schemaOf } from '../../store/support/context.ts'
import { type AnyRecord, type AnyStore, recordOffsetBytes, regionOf } from '../../support/any-store.ts'
import { storedRecord } from '../../support/model.ts'
import { schemaArbitrary } from '../../support/schemas.ts'
import { recordArbitrary } from '../../support/values.ts'

const KINDS = ['visit', 'reduce', 'sum'] as const

/** A schema, records of it, and fields of it in any order, some perhaps twice. */
const cases = schemaArbitrary({ name: 'Random', maxFields: 12 }).chain((schema) =>
  fc.record({
    schema: fc.constant(schema),
    records: fc.array(recordArbitrary(schema), { minLength: 1, maxLength: 5 }),
    picks: fc.array(fc.nat({ max: schema.fields.length - 1 }), { maxLength: 20 }),
    spoiled: fc.uint8Array({ minLength: 64, maxLength: 64 }),
  }),
)

/** The rows up to a failure, and the failure or the result: of a reduction the number of rows. */
function outcome(scan: Scan, store: AnyStore): unknown {
  const rows: unknown[][] = []
  const visit = (...values: unknown[]): number => rows.push(values)
  try {
    const result = scan.call(store as unknown as Scannable, 0, store.length, visit, 0.5)
    return { rows, result }
  } catch (error) {
    if (!(error instanceof MmapForgeError)) throw error
    return { rows, code: error.code, message: error.message }
  }
}

describe('a compiled scan and one of closures', () => {
  it('give what get gives', () => {
    fc.assert(
      fc.property(cases, ({ schema, records, picks }) => {
        const definition = defineRecord(schema)
        using store = emittedStore(definition).create(':memory:')
        store.appendMany(records)
        const fields = picks.map((pick) => definition.layout.fields[pick] as LayoutField)
        const rows = records.map((record, index) => {
          const values = storedRecord(schema, record)
          return [...fields.map(({ property }) => values[property]), index]
        })
        const reduced = rows.map((row, i) => [i === 0 ? 0.5 : i, ...row])
        for (const kind of KINDS) {
          const expected =
            kind === 'visit' ? { rows, result: undefined } : { rows: reduced, result: rows.length }
          expect(outcome(compiledScan(definition, fields, kind), store)).toStrictEqual(expected)
          expect(outcome(closureScan(fields, kind), store)).toStrictEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('refuse the same bytes, for the same reason', () => {
    let refusals = 0
    fc.assert(
      fc.property(cases, ({ schema, records, picks, spoiled }) => {
        const definition = defineRecord(schema)
        using store = emittedStore(definition).create(':memory:', { stallTimeoutMs: 0 })
        store.appendMany(records)
        const { recordSizeBytes } = definition.layout
        // Anything may stand behind the counter of the last record.
        const start = recordOffsetBytes(store, records.length - 1) + 8
        regionOf(store).set(spoiled.subarray(0, recordSizeBytes - 8), start)
        const fields = picks.map((pick) => definition.layout.fields[pick] as LayoutField)
        for (const kind of ['reduce', 'sum'] as const) {
          const compiled = outcome(compiledScan(definition, fields, kind), store)
          expect(outcome(closureScan(fields, kind), store)).toStrictEqual(compiled)
        }
        const compiled = outcome(compiledScan(definition, fields), store)
        expect(outcome(closureScan(fields), store)).toStrictEqual(compiled)
        if ((compiled as AnyRecord)['code'] !== undefined) refusals++
      }),
      { numRuns: 60 },
    )
    expect(refusals).toBeGreaterThan(5)
  })

  it('are the choice of a store, by whether code can be made', () => {
    const definition = defineRecord(schemaOf('Tick'))
    using store = emittedStore(definition).create(':memory:')
    store.append({ symbol: 'é', price: 1, volume: 2, timestamp: 3n })
    const original = globalThis.Function
    let refused = 0
    onTestFinished(() => {
      globalThis.Function = original
    })
    // What runtimes do under --disallow-code-generation-from-strings.
    globalThis.Function = new Proxy(original, {
      construct: () => {
        refused++
        throw new EvalError('Code generation from strings disallowed for this context')
      },
    })
    const rows: unknown[][] = []
    store.scan({ fields: ['timestamp', 'symbol'] }, (...values: unknown[]) => void rows.push(values))
    expect(rows).toEqual([[3n, 'é', 0]])
    expect(refused).toBe(1)
  })
})

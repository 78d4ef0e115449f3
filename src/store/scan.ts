/** Scans: their options, their callbacks, and how they run. The inner loop is generated for the chosen fields. */
import { isObject, MmapForgeError, show } from '../errors.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import type { LayoutField } from '../schema/layout.ts'
import { type Ranged, recordRange } from './ranges.ts'

export interface ScanOptions<K extends readonly PropertyKey[]> {
  /** The fields to read, in the order in which the callback gets them. */
  readonly fields: K
  /** Index of the first record; default 0. */
  readonly from?: number | undefined
  /** The index after the last record; default `length` when the scan starts. */
  readonly to?: number | undefined
}

/** The values of the fields, in the order of `fields`, and then the record's index. */
type Row<R, K extends readonly (keyof R)[]> = [...{ [I in keyof K]: R[K[I]] }, index: number]

/** Called with each row of a scan. */
export type ScanVisitor<R, K extends readonly (keyof R)[]> = (...values: Row<R, K>) => void

/** Makes the next result of a reduction from the previous one and a row. */
export type ScanReducer<R, K extends readonly (keyof R)[], A> = (result: A, ...values: Row<R, K>) => A

/**
 * What a scan does with a row: `visit` only calls the visitor, `reduce` takes what it returns as the next result. `sum` is a
 * reduction whose result is a number: the loop says so, and compilers then keep the result in a register, instead of
 * allocating an object for it at each row.
 */
export type ScanKind = 'visit' | 'reduce' | 'sum'

/** What a scan needs of a store, whatever its schema. */
export type Scannable = Ranged

export type Visit = (...values: unknown[]) => unknown

/** Visits a range that was checked, and returns the last result; `initial` is the first. */
export type Scan = (this: Scannable, from: number, to: number, visit: Visit, initial?: unknown) => unknown

/** Makes the scan of some fields for a visitor. */
export type ScanMaker = (
  definition: StoreDefinition,
  fields: readonly LayoutField[],
  kind: ScanKind,
  visit: Visit,
) => Scan

/** What a scan needs of the store's class. */
export interface ScannableClass {
  readonly definition: StoreDefinition
  /** @internal Set by the code that makes the class: this folder must not depend on code generation. */
  readonly makeScan: ScanMaker
}

const OPTIONS: ReadonlySet<string> = new Set(['fields', 'from', 'to'] satisfies (keyof ScanOptions<[]>)[])

/**
 * Rows for each call of a scan. Compilers optimise a function for its next call, and their code for a loop that is already
 * running is worse; so a scan of millions of rows is many calls.
 */
const BATCH_ROWS = 16_384

/**
 * Calls `given` with the fields of each record, each record one consistent snapshot. A reduction also passes the result so
 * far, at first `initial`, and returns the last one.
 *
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH` for fields that the store does not have, `ERR_OUT_OF_BOUNDS` for a range
 * outside of it, and what reading a record throws
 */
export function runScan(
  store: Scannable,
  options: ScanOptions<readonly PropertyKey[]>,
  given: unknown,
  reduction?: { readonly initial: unknown },
): unknown {
  const { definition, makeScan } = store.constructor as unknown as ScannableClass
  const fields = checkedFields(store, options, definition)
  if (typeof given !== 'function') throw refusal(store, `a scan calls a function, not ${show(given)}`)
  const visit = given as Visit
  const { from, to } = recordRange(store, options.from, options.to)
  let result = reduction?.initial
  let kind: ScanKind | undefined
  let scan: Scan | undefined
  for (let at = from; at < to; at += BATCH_ROWS) {
    const needed = reduction === undefined ? 'visit' : typeof result === 'number' ? 'sum' : 'reduce'
    if (scan === undefined || needed !== kind) scan = makeScan(definition, fields, needed, visit)
    kind = needed
    result = scan.call(store, at, Math.min(to, at + BATCH_ROWS), visit, result)
  }
  return result
}

function checkedFields(
  store: Scannable,
  options: ScanOptions<readonly PropertyKey[]>,
  definition: StoreDefinition,
): LayoutField[] {
  if (!isObject(options) || !Array.isArray(options.fields)) {
    throw refusal(store, `a scan needs { fields: [names] }, not ${show(options)}`)
  }
  const odd = Object.keys(options).find((name) => !OPTIONS.has(name))
  if (odd !== undefined) throw refusal(store, `there is no option "${odd}"`)
  return options.fields.map((property) => fieldOf(store, definition, property))
}

function fieldOf(store: Scannable, { layout }: StoreDefinition, property: PropertyKey): LayoutField {
  const field = layout.fields.find((candidate) => candidate.property === property)
  if (field === undefined) {
    const known = layout.fields.map((candidate) => candidate.property).join(', ')
    throw refusal(store, `there is no field ${show(property)}; the fields are ${known}`)
  }
  return field
}

function refusal({ path }: Scannable, message: string): MmapForgeError {
  return new MmapForgeError('ERR_TYPE_MISMATCH', message, { path })
}

/** Scans: what they are asked for, what they call, and how they run; the loop itself is made for the fields. */
import { isObject, MmapForgeError, show } from '../errors.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import type { LayoutField } from '../schema/layout.ts'
import { type Ranged, recordRange } from './ranges.ts'

export interface ScanOptions<K extends readonly PropertyKey[]> {
  /** The fields to read, in the order in which they are handed over. */
  readonly fields: K
  /** First record; default 0. */
  readonly from?: number | undefined
  /** The record after the last; default `length` when the scan starts. */
  readonly to?: number | undefined
}

/** The values of the fields, in the order that was asked for, and the record's index. */
type Row<R, K extends readonly (keyof R)[]> = [...{ [I in keyof K]: R[K[I]] }, index: number]

/** Called with each row of a scan. */
export type ScanVisitor<R, K extends readonly (keyof R)[]> = (...values: Row<R, K>) => void

/** Makes the next result of a reduction from the last one and a row. */
export type ScanReducer<R, K extends readonly (keyof R)[], A> = (result: A, ...values: Row<R, K>) => A

/**
 * What becomes of a row: `visit` only calls the visitor, `reduce` makes the next result of what it returns. `sum` is a
 * reduction that starts from a number: told so, the compilers keep the result in a register for as long as it is one,
 * where they would make an object of it at each row.
 */
export type ScanKind = 'visit' | 'reduce' | 'sum'

/** What a scan needs of a store, whatever its records are. */
export type Scannable = Ranged

export type Visit = (...values: unknown[]) => unknown

/** Visits a range that was checked, and gives the last result; `initial` is the first. */
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
  /** @internal Given by the code that makes the class, which this folder knows nothing of. */
  readonly makeScan: ScanMaker
}

const OPTIONS: ReadonlySet<string> = new Set(['fields', 'from', 'to'] satisfies (keyof ScanOptions<[]>)[])

/**
 * Rows that a scan is called for at a time. Compilers optimise a function for its next call, and what they make of a
 * loop that is running meanwhile is worse; so a scan of millions is many calls.
 */
const BATCH_ROWS = 16_384

/**
 * Calls `given` with the fields of each record, each record one consistent snapshot. A reduction also hands over the
 * result so far, at first `initial`, and gives what was returned last.
 *
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH` for fields that are not the store's, `ERR_OUT_OF_BOUNDS` for a range that
 * is not, and what reading a record throws
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

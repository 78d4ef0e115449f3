/** Running a scan: compiled for its fields where code may be made from strings, by closures where not. */
import { MmapForgeError, show } from '../errors.ts'
import type { LayoutField } from '../schema/layout.ts'
import { loadBlob } from '../store/blob-field.ts'
import type { StoreDefinition } from '../store/definition.ts'
import type { StoreClass } from '../store/record-store.ts'
import type { ScanOptions } from '../store/scan.ts'
import { beginRead, endRead } from '../store/seqlock.ts'
import { TextField } from '../store/text-field.ts'
import { canMakeCode } from './can-make-code.ts'
import { fieldCodec } from './closure-codec.ts'
import { type ReadableStore, readFields } from './closure-read.ts'
import { emitScanBody } from './emit-scan.ts'

type Visit = (...values: unknown[]) => void
export type Scan = (this: Scannable, from: number, to: number, visit: Visit) => void

/** What a scan needs of a store, whatever its records are. */
export interface Scannable {
  readonly path: string
  range(from?: number, to?: number): { readonly from: number; readonly to: number }
}

/** What compiled scans take from the runtime. */
const names = { beginRead, endRead, loadBlob, TextField }

const OPTIONS: ReadonlySet<string> = new Set(['fields', 'from', 'to'] satisfies (keyof ScanOptions<[]>)[])

/** The scans that were compiled for a class, by the names of their fields. */
const compiled = new WeakMap<StoreDefinition, Map<string, Scan>>()

/**
 * Calls `visit` with the fields of each record, each record one consistent snapshot.
 *
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH` for fields that are not the store's, `ERR_OUT_OF_BOUNDS` for a range that
 * is not, and what reading a record throws
 */
export function scanRecords(
  store: Scannable,
  options: ScanOptions<readonly PropertyKey[]>,
  visit: unknown,
): void {
  const { definition } = store.constructor as StoreClass<unknown>
  if (typeof options !== 'object' || options === null || !Array.isArray(options.fields)) {
    throw refusal(store, `a scan needs { fields: [names] }, not ${show(options)}`)
  }
  const odd = Object.keys(options).find((name) => !OPTIONS.has(name))
  if (odd !== undefined) throw refusal(store, `there is no option "${odd}"`)
  if (typeof visit !== 'function') throw refusal(store, `a scan calls a function, not ${show(visit)}`)
  const fields = options.fields.map((property) => fieldOf(store, definition, property))
  const { from, to } = store.range(options.from, options.to)
  scanOf(definition, fields).call(store, from, to, visit as Visit)
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

function scanOf(definition: StoreDefinition, fields: readonly LayoutField[]): Scan {
  const scans = compiled.get(definition) ?? new Map<string, Scan>()
  compiled.set(definition, scans)
  const key = fields.map(({ property }) => property).join()
  const known = scans.get(key)
  if (known !== undefined) return known
  const scan = canMakeCode() ? compiledScan(definition, fields) : closureScan(fields)
  scans.set(key, scan)
  return scan
}

export function compiledScan(definition: StoreDefinition, fields: readonly LayoutField[]): Scan {
  // As with whole classes: a checked schema's names are identifiers, so nothing of a caller's stands in the text.
  return new Function('runtime', emitScanBody(definition, fields))(names) as Scan
}

export function closureScan(fields: readonly LayoutField[]): Scan {
  const wanted = fields.map((field) => ({ ...field, codec: fieldCodec(field) }))
  return function scan(from, to, visit) {
    for (let index = from; index < to; index++) {
      visit(...readFields(this as unknown as ReadableStore, index, wanted), index)
    }
  }
}

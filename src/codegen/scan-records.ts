/** Running a scan: compiled for its fields where code may be made from strings, by closures where not. */
import { MmapForgeError, show } from '../errors.ts'
import { beginRead, endRead } from '../protocol/seqlock.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import type { LayoutField } from '../schema/layout.ts'
import { type Ranged, recordRange, type ScanOptions } from '../store/ranges.ts'
import type { StoreClass } from '../store/record-store.ts'
import { loadBlob } from '../values/blob-field.ts'
import { TextField } from '../values/text-field.ts'
import { canMakeCode } from './can-make-code.ts'
import { type ReadableStore, readFields } from './closures/read.ts'
import { emitScanBody, type ScanKind } from './emit/scan.ts'
import { kindOf } from './kinds/kinds.ts'

/** What a scan needs of a store, whatever its records are. */
export type Scannable = Ranged

type Visit = (...values: unknown[]) => unknown
/** Visits a range that was checked, and gives the last result; `initial` is the first. */
export type Scan = (this: Scannable, from: number, to: number, visit: Visit, initial?: unknown) => unknown

/** What compiled scans take from the runtime. */
const names = { beginRead, endRead, loadBlob, TextField }

const OPTIONS: ReadonlySet<string> = new Set(['fields', 'from', 'to'] satisfies (keyof ScanOptions<[]>)[])

/**
 * Rows that a scan is called for at a time. Compilers optimise a function for its next call, and what they make of a
 * loop that is running meanwhile is worse; so a scan of millions is many calls.
 */
const BATCH_ROWS = 16_384

/** Scans of a class that are compiled for one visitor; what comes later shares those that are for any. */
const MAX_SCANS = 100

/** The scans that were made for a class, by their kind, the names of their fields, and the visitor's text. */
const made = new WeakMap<StoreDefinition, Map<string, Scan>>()
let compiledCount = 0

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
  run(store, options, visit, () => 'visit', undefined)
}

/**
 * Calls `combine` with the result so far, at first `initial`, and the fields of each record; gives what it returned last.
 *
 * @throws as {@link scanRecords}
 */
export function reduceRecords<A>(
  store: Scannable,
  options: ScanOptions<readonly PropertyKey[]>,
  combine: unknown,
  initial: A,
): A {
  return run(
    store,
    options,
    combine,
    (result) => (typeof result === 'number' ? 'sum' : 'reduce'),
    initial,
  ) as A
}

function run(
  store: Scannable,
  options: ScanOptions<readonly PropertyKey[]>,
  given: unknown,
  kindOf: (result: unknown) => ScanKind,
  initial: unknown,
): unknown {
  const { definition } = store.constructor as StoreClass<unknown>
  const fields = checkedFields(store, options, definition)
  if (typeof given !== 'function') throw refusal(store, `a scan calls a function, not ${show(given)}`)
  const visit = given as Visit
  const { from, to } = recordRange(store, options.from, options.to)
  let result = initial
  let kind: ScanKind | undefined
  let scan: Scan | undefined
  for (let at = from; at < to; at += BATCH_ROWS) {
    const needed = kindOf(result)
    if (scan === undefined || needed !== kind) scan = scanOf(definition, fields, needed, visit)
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
  if (typeof options !== 'object' || options === null || !Array.isArray(options.fields)) {
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

/**
 * A visitor has a scan of its own: only where a call leads to one function always do compilers put that function in its
 * place. It is known by its text, since it is mostly made anew for each scan.
 */
function scanOf(
  definition: StoreDefinition,
  fields: readonly LayoutField[],
  kind: ScanKind,
  visit: Visit,
): Scan {
  const scans = made.get(definition) ?? new Map<string, Scan>()
  made.set(definition, scans)
  const shared = `${kind} ${fields.map(({ property }) => property).join()}`
  const own = `${shared}\n${Function.prototype.toString.call(visit)}`
  const known = scans.get(own)
  if (known !== undefined) return known
  const key = scans.size < MAX_SCANS ? own : shared
  const scan =
    scans.get(key) ?? (canMakeCode() ? compiledScan(definition, fields, kind) : closureScan(fields, kind))
  scans.set(key, scan)
  return scan
}

export function compiledScan(
  definition: StoreDefinition,
  fields: readonly LayoutField[],
  kind: ScanKind = 'visit',
): Scan {
  // As with whole classes: a checked schema's names are identifiers, so nothing of a caller's stands in the text. The
  // number makes each text new, since of one that V8 has compiled before it keeps what it learnt.
  const text = `// ${++compiledCount}\n${emitScanBody(definition, fields, kind)}`
  return new Function('runtime', text)(names) as Scan
}

export function closureScan(fields: readonly LayoutField[], kind: ScanKind = 'visit'): Scan {
  const wanted = fields.map((field) => ({ ...field, codec: kindOf(field).codec(field) }))
  return function scan(from, to, visit, initial) {
    let result = kind === 'visit' ? undefined : initial
    for (let index = from; index < to; index++) {
      const row = [...readFields(this as unknown as ReadableStore, index, wanted), index]
      if (kind === 'visit') visit(...row)
      else result = visit(result, ...row)
    }
    return result
  }
}

/** Makes the loop of a scan: compiled for its fields if code generation from strings is allowed, or else from closures. */
import { beginRead, endRead } from '../protocol/seqlock.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import type { LayoutField } from '../schema/layout.ts'
import type { Scan, ScanKind, Visit } from '../store/scan.ts'
import { loadBlob } from '../values/blob-field.ts'
import { EnumField } from '../values/enum-field.ts'
import { TextField } from '../values/text-field.ts'
import { canMakeCode } from './can-make-code.ts'
import { type ReadableStore, readFields } from './closures/read.ts'
import { emitScanBody, type SCAN_NAMES } from './emit/scan.ts'
import { kindOf } from './kinds/kinds.ts'

/** What compiled scans import from the runtime. */
const names: Readonly<Record<(typeof SCAN_NAMES)[number], unknown>> = {
  beginRead,
  endRead,
  EnumField,
  loadBlob,
  TextField,
}

/** The most scans that a class compiles for a single visitor each; later visitors share a scan. */
const MAX_SCANS = 100

/** The scans of a class, keyed by kind, field names, and the visitor's source text. */
const made = new WeakMap<StoreDefinition, Map<string, Scan>>()
let compiledCount = 0

/**
 * Each visitor has a scan of its own: compilers inline a call only if it always reaches the same function. A visitor is
 * identified by its source text, since most callers create a new function for each scan.
 */
export function makeScan(
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
  // As with whole classes: a checked schema's names are identifiers, so nothing of the caller's is in the text. The
  // number makes each text unique, since V8 reuses the type feedback of a text that it has compiled before.
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

/** A scan, as source text: each choice of fields has a loop of its own, which looks nothing up by name. */
import type { StoreDefinition } from '../../schema/definition.ts'
import type { LayoutField } from '../../schema/layout.ts'
import type { ScanKind } from '../../store/scan.ts'
import { javascript as code } from '../code.ts'
import { besideOthers, RecordText } from './record-text.ts'

/** The names that the text of a scan may use from the runtime. */
export const SCAN_NAMES = ['beginRead', 'endRead', 'EnumField', 'loadBlob', 'TextField'] as const

const START: Readonly<Record<ScanKind, string>> = {
  visit: 'let result',
  reduce: 'let result = initial',
  sum: 'let result = +initial',
}

/**
 * The body of a function with the parameter `runtime`, which returns `scan(from, to, visit, initial)`, to be called with a
 * store as `this`.
 *
 * The inner loop only reads and visits. It is left at the first row that needs more: the record is mid-write, its bytes are
 * not a valid value, or the visitor closed the store or made it grow. That row is then read as a getter would read it. If
 * the inner loop contained a call for this, even one that is never made, compilers would look up the views anew at each row.
 */
export function emitScanBody(
  { schema, layout }: StoreDefinition,
  fields: readonly LayoutField[],
  kind: ScanKind,
): string {
  const text = new RecordText(schema.name, layout, code)
  // A field that is listed twice is loaded once.
  const loaded = [...new Set(fields)]
  const all = loaded.map((field) => text.statements(field, besideOthers))
  const values = fields.map((field) => text.statements(field, besideOthers).value)
  const call = `visit(${[...(kind === 'visit' ? [] : ['result']), ...values, 'index'].join(', ')})`
  const visit = kind === 'visit' ? call : `result = ${call}`
  return code`
    'use strict'
    const { ${SCAN_NAMES.join(', ')} } = runtime
    ${all.flatMap(({ constants }) => constants.map((constant) => constant.text))}
    return function scan(from, to, visit, initial) {
      ${START[kind]}
      for (let index = from; index < to; index++) {
        ${text.views(all)}
        for (; index < to; index++) {
          if (!(index < this.readLimit && this.i32 === i32)) break
          ${text.counter()}
          const before = beginRead(i32, counter)
          ${all.map(({ load }) => load)}
          if (!endRead(i32, counter, before, fence)) break
          ${all.map(({ derive }) => derive)}
          ${all.flatMap(({ unfit }) => unfit).map((condition) => `if (${condition}) break`)}
          ${visit}
        }
        if (index < to) {
          ${text.checkIndex('readLimit', 'missRead(index)')}
          ${text.readFields(loaded, besideOthers, () => `${visit}\nbreak`)}
        }
      }
      return result
    }
  `
}

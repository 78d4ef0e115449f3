/** A scan as source text: a loop of its own for each choice of fields, so that nothing in it is looked up by name. */

import type { StoreDefinition } from '../../schema/definition.ts'
import type { ViewName } from '../../schema/field-types.ts'
import { COUNTER_OFFSET_BYTES, type LayoutField } from '../../schema/layout.ts'
import { elementIndex, type Typed } from '../kinds/kind.ts'
import { baseDeclarations, ProtocolEmitter } from './protocol.ts'
import { indent } from './source-text.ts'

/**
 * What becomes of a row: `visit` only calls the visitor, `reduce` makes the next result of what it returns. `sum` is a
 * reduction that starts from a number: told so, the compilers keep the result in a register for as long as it is one,
 * where they would make an object of it at each row.
 */
export type ScanKind = 'visit' | 'reduce' | 'sum'

const START: Readonly<Record<ScanKind, string>> = {
  visit: 'let result',
  reduce: 'let result = initial',
  sum: 'let result = +initial',
}

/** The body of a function of `runtime` that returns `scan(from, to, visit, initial)`, to be called with a store as `this`. */
export function emitScanBody(
  definition: StoreDefinition,
  fields: readonly LayoutField[],
  kind: ScanKind,
): string {
  return new ScanEmitter(definition).emit(fields, kind)
}

class ScanEmitter extends ProtocolEmitter {
  constructor({ schema, layout }: StoreDefinition) {
    super({ recordSizeBytes: layout.recordSizeBytes, prefix: schema.name, typed: () => '' })
  }

  emit(fields: readonly LayoutField[], kind: ScanKind): string {
    // A field that is asked for twice is loaded once.
    const loaded = [...new Set(fields)]
    const values = fields.map((field) => this.statements(field).value)
    const call = `visit(${[...(kind === 'visit' ? [] : ['result']), ...values, 'index'].join(', ')})`
    const visit = kind === 'visit' ? call : `result = ${call}`
    const constants = loaded.flatMap((field) => this.statements(field).constants)
    return [
      "'use strict'",
      'const { beginRead, endRead, loadBlob, TextField } = runtime',
      ...constants.map(({ name, value }) => `const ${name} = ${value}`),
      'return function scan(from, to, visit, initial) {',
      `  ${START[kind]}`,
      '  for (let index = from; index < to; index++) {',
      ...indent(indent(this.usualRows(loaded, visit))),
      '    if (index < to) {',
      ...indent(indent(this.read('', loaded, [visit, 'break']).slice(1, -1))),
      '    }',
      '  }',
      '  return result',
      '}',
    ].join('\n')
  }

  /**
   * A loop that does nothing but read and visit, and is left at the first row that takes more: the record is in flux, or
   * its bytes are no value; the visitor closed the store, or made it grow. Such a row is then read as by any getter. A call
   * within the loop, though it be never made, would have the compilers look up the views anew at each row.
   */
  private usualRows(loaded: readonly LayoutField[], visit: string): string[] {
    const all = loaded.map((field) => this.statements(field))
    const views = new Set<ViewName>(['i32', ...all.flatMap((each) => each.views)])
    const row = [
      `const counter = ${elementIndex('i32', COUNTER_OFFSET_BYTES)}`,
      'const before = beginRead(i32, counter)',
      ...all.flatMap(({ load }) => load),
      'if (!endRead(i32, counter, before, fence)) break',
      ...all.flatMap(({ derive }) => derive),
      ...all.flatMap(({ unfit }) => unfit).map((condition) => `if (${condition}) break`),
      visit,
    ]
    return [
      `const { ${[...views].join(', ')}, fence } = this`,
      'for (; index < to; index++) {',
      '  if (!(index < this.readLimit && this.i32 === i32)) break',
      ...indent([...baseDeclarations(this.context.recordSizeBytes, row), ...row]),
      '}',
    ]
  }
}

/** The methods of a store class that scan it. */
export function emitScanMethods(recordType: string, typed: Typed): string[][] {
  if (typed('typed') === '') {
    return [
      ['scan(options, visit) {', '  scanRecords(this, options, visit)', '}'],
      ['reduce(options, combine, initial) {', '  return reduceRecords(this, options, combine, initial)', '}'],
    ]
  }
  return [
    [
      `override scan<const K extends readonly (keyof ${recordType})[]>(`,
      '  options: ScanOptions<K>,',
      `  visit: ScanVisitor<${recordType}, K>,`,
      '): void {',
      '  scanRecords(this, options, visit)',
      '}',
    ],
    [
      `override reduce<const K extends readonly (keyof ${recordType})[], A>(`,
      '  options: ScanOptions<K>,',
      `  combine: ScanReducer<${recordType}, K, A>,`,
      '  initial: A,',
      '): A {',
      '  return reduceRecords(this, options, combine, initial)',
      '}',
    ],
  ]
}

/** Names that those methods use from the runtime. */
export function scanImports(typed: Typed): string[] {
  const types = typed('typed') === '' ? [] : ['type ScanOptions', 'type ScanReducer', 'type ScanVisitor']
  return ['scanRecords', 'reduceRecords', ...types]
}

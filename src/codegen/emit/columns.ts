/**
 * How a store class appends a row of columns, as source text: a literal of one known shape, which is not even made where
 * the compilers put `write` in its place.
 */
import { fieldTypeOf, TS_TYPES } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import type { Typed } from '../kinds/kind.ts'

export function emitAppendRow(recordType: string, fields: readonly LayoutField[], typed: Typed): string[] {
  const parameters = `columns${typed(`: Columns<${recordType}>`)}, index${typed(': number')}`
  const value = ({ property, type }: LayoutField) =>
    `columns.${property}[index]${typed(` as ${TS_TYPES[fieldTypeOf(type).codec]}`)}`
  return [
    `${typed('protected override ')}appendRow(${parameters})${typed(': number')} {`,
    '  return this.write(APPEND, {',
    ...fields.map((field) => `    ${field.property}: ${value(field)},`),
    '  })',
    '}',
  ]
}

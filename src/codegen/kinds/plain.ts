/** Kinds of which a view holds exactly the values: integers of up to 32 bits, bigints and floats. */
import { type FieldTypeName, fieldTypeOf, TS_TYPES, VIEW_BYTES } from '../../schema/field-types.ts'
import { valueKindOf } from '../../values/kinds.ts'
import { checkName, elementIndex, identity, type Kind, localName, NO_STATEMENTS, REFUSED } from './kind.ts'

/** @param importsOf names that the check of a type needs from the runtime */
export function plainKind(
  check: (type: FieldTypeName) => string,
  refusesDelta: string,
  importsOf: (type: FieldTypeName) => readonly string[] = () => [],
): Kind {
  return {
    check,
    refusesDelta,
    statements: (field, context) => {
      const { codec, view } = fieldTypeOf(field.type)
      const value = `${localName(field, context)}Value`
      const at = elementIndex(view, field.offsetBytes)
      return {
        ...NO_STATEMENTS,
        views: [view],
        imports: importsOf(field.type),
        load: [`const ${value} = ${view}[${at}]${context.typed(` as ${TS_TYPES[codec]}`)}`],
        stored: value,
        value,
        refuses: `!${checkName(field.type)}(${value})`,
        store: [`${view}[${at}] = ${value}`],
      }
    },
    codec: (field) => {
      const { view } = fieldTypeOf(field.type)
      const fits = valueKindOf(field).check(field)
      return {
        load: (views, at) => views[view][at / VIEW_BYTES[view]],
        judge: identity,
        stored: identity,
        prepare: (value) => (fits(value) ? value : REFUSED),
        store: (views, at, value) => {
          views[view][at / VIEW_BYTES[view]] = value as never
        },
      }
    },
  }
}

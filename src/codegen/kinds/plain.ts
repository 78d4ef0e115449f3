/** Kinds of which a view holds exactly the values: integers of up to 32 bits, bigints and floats. */
import { type FieldTypeName, fieldTypeOf, TS_TYPES, VIEW_BYTES } from '../../schema/field-types.ts'
import { valueKindOf } from '../../values/kinds.ts'
import { checkOf } from './check.ts'
import { identity, type Kind, NO_STATEMENTS, REFUSED } from './kind.ts'

/**
 * @param conditionOf when a value fits a type
 * @param importsOf names that this needs from the runtime
 */
export function plainKind(
  conditionOf: (type: FieldTypeName) => string,
  refusesDelta: string,
  importsOf: (type: FieldTypeName) => readonly string[] = () => [],
): Kind {
  return {
    refusesDelta,
    statements: ({ type, offsetBytes }, { code, local, elementOf }) => {
      const { codec, view } = fieldTypeOf(type)
      const check = checkOf(type, conditionOf(type), code)
      const value = local('Value')
      const element = elementOf(view, offsetBytes)
      return {
        ...NO_STATEMENTS,
        views: [view],
        imports: importsOf(type),
        functions: [check],
        load: code`const ${value} = ${element}‹ as ${TS_TYPES[codec]}›`,
        stored: value,
        value,
        prepared: { name: value, type: TS_TYPES[codec], from: undefined },
        refuses: `!${check.name}(${value})`,
        store: `${element} = ${value}`,
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

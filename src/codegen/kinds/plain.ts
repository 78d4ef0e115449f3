/** Kinds whose values a typed array holds exactly: integers of up to 32 bits, bigints and floats. */
import { type FieldTypeName, fieldTypeOf, TS_TYPES, VIEW_BYTES } from '../../schema/field-types.ts'
import { valueKindOf } from '../../values/kinds.ts'
import { checkBy, typeCheck } from './check.ts'
import { identity, type Kind, NO_STATEMENTS, REFUSED } from './kind.ts'

/**
 * @param conditionOf the condition under which `value` fits a type; undefined if any value of the right JavaScript type does
 * @param importsOf names that the condition imports from the runtime
 */
export function plainKind(
  conditionOf: (type: FieldTypeName) => string | undefined,
  refusesDelta: string,
  importsOf: (type: FieldTypeName) => readonly string[] = () => [],
): Kind {
  return {
    refusesDelta,
    statements: ({ type, offsetBytes }, { code, local, elementOf }) => {
      const { codec, view } = fieldTypeOf(type)
      const value = local('Value')
      const condition = conditionOf(type)
      const element = elementOf(view, offsetBytes)
      return {
        ...NO_STATEMENTS,
        views: [view],
        imports: importsOf(type),
        ...(condition === undefined ? typeCheck(type, value) : checkBy(condition, type, value, code)),
        load: code`const ${value} = ${element}‹ as ${TS_TYPES[codec]}›`,
        stored: value,
        value,
        prepared: { name: value, type: TS_TYPES[codec], from: undefined },
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

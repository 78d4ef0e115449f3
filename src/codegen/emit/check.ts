/** The checks of values as source text: one small function for each type that a module uses, from the field table. */
import { type FieldTypeName, fieldTypeOf, TS_TYPES } from '../../schema/field-types.ts'
import type { Typed } from './field.ts'
import { arrow } from './source-text.ts'

/** `uint8` makes `isUint8`. */
export function checkName(type: FieldTypeName): string {
  return `is${type.charAt(0).toUpperCase()}${type.slice(1)}`
}

/** Declares the check of a type that has no size. */
export function emitCheck(type: FieldTypeName, typed: Typed): string[] {
  const parameter = `value${typed(`: ${TS_TYPES[fieldTypeOf(type).codec]}`)}`
  return arrow(`const ${checkName(type)} = (${parameter})${typed(': boolean')} =>`, condition(type))
}

function condition(type: FieldTypeName): string {
  const { codec, view, min, max } = fieldTypeOf(type)
  switch (codec) {
    case 'bool':
      return "typeof value === 'boolean'"
    case 'bigint':
      return `typeof value === 'bigint' && BigInt.${view === 'i64' ? 'asIntN' : 'asUintN'}(64, value) === value`
    case 'safeint':
      return view === 'i64' ? 'Number.isSafeInteger(value)' : 'Number.isSafeInteger(value) && value >= 0'
    case 'float':
      return view === 'f64'
        ? "typeof value === 'number'"
        : "typeof value === 'number' && !overflowsFloat32(value)"
    default:
      return `Number.isInteger(value) && value >= ${min} && value <= ${max}`
  }
}

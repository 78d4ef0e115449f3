/** The checks of values as source text: one small function for each type that a module uses, from the field table. */
import { type FieldTypeName, fieldTypeOf, TS_TYPES } from '../../schema/field-types.ts'
import { checkName, type Typed } from '../kinds/kind.ts'
import { kindOf } from '../kinds/kinds.ts'
import { arrow } from './source-text.ts'

/** Declares the check of a type that has no size. */
export function emitCheck(type: FieldTypeName, typed: Typed): string[] {
  const parameter = `value${typed(`: ${TS_TYPES[fieldTypeOf(type).codec]}`)}`
  const { check } = kindOf({ type })
  return arrow(`const ${checkName(type)} = (${parameter})${typed(': boolean')} =>`, check?.(type) as string)
}

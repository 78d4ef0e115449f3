/** The checks of values as functions of the module that needs them. */
import { type FieldTypeName, fieldTypeOf, TS_TYPES } from '../../schema/field-types.ts'
import type { Code } from '../code.ts'
import type { Declaration } from './kind.ts'

/** `uint8` makes `isUint8`. */
export function checkOf(type: FieldTypeName, condition: string, code: Code): Declaration {
  const name = `is${type.charAt(0).toUpperCase()}${type.slice(1)}`
  const tsType = TS_TYPES[fieldTypeOf(type).codec]
  return { name, text: code`const ${name} = (value‹: ${tsType}›)‹: boolean› => ${condition}` }
}

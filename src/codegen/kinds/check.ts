/** The checks of values as source text. */
import { type FieldTypeName, fieldTypeOf, TS_TYPES } from '../../schema/field-types.ts'
import type { Code } from '../code.ts'
import type { FieldStatements } from './kind.ts'

type Check = Pick<FieldStatements, 'functions' | 'refuses'>

/** Checks the `typeof` of `value`, and nothing else: inline, which is shorter than a call. */
export function typeCheck(type: FieldTypeName, value: string): Check {
  return { functions: [], refuses: `typeof ${value} !== '${TS_TYPES[fieldTypeOf(type).codec]}'` }
}

/** A check by a function of the module, such as `isUint8` for `uint8`; `condition` tests its parameter `value`. */
export function checkBy(condition: string, type: FieldTypeName, value: string, code: Code): Check {
  const name = `is${type.charAt(0).toUpperCase()}${type.slice(1)}`
  const tsType = TS_TYPES[fieldTypeOf(type).codec]
  const text = code`const ${name} = (value‹: ${tsType}›)‹: boolean› => ${condition}`
  return { functions: [{ name, text }], refuses: `!${name}(${value})` }
}

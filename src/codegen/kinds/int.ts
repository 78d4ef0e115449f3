/** Integers of up to 32 bits, which a typed array holds exactly. */
import { fieldTypeOf } from '../../schema/field-types.ts'
import { plainKind } from './plain.ts'

export const intKind = plainKind((type) => {
  const { min, max } = fieldTypeOf(type)
  return `Number.isInteger(value) && value >= ${min} && value <= ${max}`
}, '!Number.isSafeInteger(delta)')

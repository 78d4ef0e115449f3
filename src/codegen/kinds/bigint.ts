/** 64-bit integers as bigints. */
import { fieldTypeOf } from '../../schema/field-types.ts'
import { plainKind } from './plain.ts'

export const bigintKind = plainKind((type) => {
  const wrap = fieldTypeOf(type).view === 'i64' ? 'asIntN' : 'asUintN'
  return `typeof value === 'bigint' && BigInt.${wrap}(64, value) === value`
}, "typeof delta !== 'bigint'")

/** Floating-point numbers. Any number fits 64 bits; in 32 bits it is rounded, and refused if it would overflow. */
import { type FieldTypeName, fieldTypeOf } from '../../schema/field-types.ts'
import { plainKind } from './plain.ts'

const isRounded = (type: FieldTypeName): boolean => fieldTypeOf(type).view === 'f32'

export const floatKind = plainKind(
  (type) => (isRounded(type) ? "typeof value === 'number' && !overflowsFloat32(value)" : undefined),
  "typeof delta !== 'number'",
  (type) => (isRounded(type) ? ['overflowsFloat32'] : []),
)

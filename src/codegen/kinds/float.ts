/** Floating-point numbers: every one fits 64 bits; a finite one beyond 32 bits is refused, the others are rounded. */
import { type FieldTypeName, fieldTypeOf } from '../../schema/field-types.ts'
import { plainKind } from './plain.ts'

const isRounded = (type: FieldTypeName): boolean => fieldTypeOf(type).view === 'f32'

export const floatKind = plainKind(
  (type) => (isRounded(type) ? "typeof value === 'number' && !overflowsFloat32(value)" : undefined),
  "typeof delta !== 'number'",
  (type) => (isRounded(type) ? ['overflowsFloat32'] : []),
)

/** Whether a value fits a field, by the field's row of the table: what emitted checks say in code of their own. */
import { type FieldTypeName, fieldTypeOf } from '../schema/field-types.ts'
import type { SchemaField } from '../schema/schema.ts'
import { measureBlob } from './blob-field.ts'
import { overflowsFloat32 } from './float32.ts'
import { TextField } from './text-field.ts'

/** A check of a field type without a size. */
export function scalarCheck(type: FieldTypeName): (value: unknown) => boolean {
  const { codec, view, min, max } = fieldTypeOf(type)
  switch (codec) {
    case 'bool':
      return (value) => typeof value === 'boolean'
    case 'float':
      return view === 'f32'
        ? (value) => typeof value === 'number' && !overflowsFloat32(value)
        : (value) => typeof value === 'number'
    case 'bigint':
      return (value) => typeof value === 'bigint' && value >= (min as bigint) && value <= (max as bigint)
    default:
      return (value) =>
        Number.isInteger(value) &&
        (value as number) >= (min as number) &&
        (value as number) <= (max as number)
  }
}

/** Whether a value can be added to a field of numbers. */
export function isDelta(type: FieldTypeName, delta: unknown): boolean {
  const { codec } = fieldTypeOf(type)
  if (codec === 'bigint') return typeof delta === 'bigint'
  return codec === 'float' ? typeof delta === 'number' : Number.isSafeInteger(delta)
}

/** The sum of two values of one field of numbers. */
export function sumOf(stored: unknown, delta: unknown): number | bigint {
  return typeof stored === 'bigint' ? stored + (delta as bigint) : (stored as number) + (delta as number)
}

/** Whether a value fits a field of any type; not for the fast path. */
export function fitsField({ type, maxBytes }: SchemaField, value: unknown): boolean {
  switch (fieldTypeOf(type).codec) {
    case 'text':
      return new TextField(maxBytes).measure(value) >= 0
    case 'blob':
      return measureBlob(value, maxBytes) >= 0
    default:
      return scalarCheck(type)(value)
  }
}

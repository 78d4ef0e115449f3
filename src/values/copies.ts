/** Copies of records: unlike the caller's objects they can't change, and reading them runs none of the caller's code. */
import type { LayoutField } from '../schema/layout.ts'
import { valueKindOf } from './kinds.ts'

/** Copies a record, reading each field once. */
export function copiedRecord<R>(record: Readonly<R>, fields: readonly LayoutField[]): R {
  if (typeof record !== 'object' || record === null) return record // the write refuses it
  const values = record as Record<string, unknown>
  return Object.fromEntries(
    fields.map((field) => [field.property, copyOf(field, values[field.property])]),
  ) as R
}

function copyOf(field: LayoutField, value: unknown): unknown {
  // Looked at first: most values are none that could be changed.
  if (typeof value !== 'object') return value
  return valueKindOf(field).copy?.(value) ?? value
}

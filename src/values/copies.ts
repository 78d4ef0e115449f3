/** Records as they are at one moment: reading a copy runs no code of the caller's. */
import type { LayoutField } from '../schema/layout.ts'
import { valueKindOf } from './kinds.ts'

/** A record as it is now, each field read once. */
export function copiedRecord<R>(record: Readonly<R>, fields: readonly LayoutField[]): R {
  if (typeof record !== 'object' || record === null) return record // refused when it is written
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

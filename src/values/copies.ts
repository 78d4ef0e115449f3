/** Records as they are at one moment: reading a copy runs no code of the caller's. */
import type { LayoutField } from '../schema/layout.ts'
import { measureBlob, NOT_BYTES, storeBlob } from './blob-field.ts'

/** A record as it is now, each field read once. */
export function copiedRecord<R>(record: Readonly<R>, fields: readonly LayoutField[]): R {
  if (typeof record !== 'object' || record === null) return record // refused when it is written
  const values = record as Record<string, unknown>
  return Object.fromEntries(fields.map(({ property }) => [property, copyOf(values[property])])) as R
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object') return value
  const length = measureBlob(value, Infinity)
  if (length === NOT_BYTES) return value
  const copy = new Uint8Array(length)
  storeBlob(copy, 0, value as Uint8Array, length)
  return copy
}

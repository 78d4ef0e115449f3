/** The errors for values that do not fit their field, the same for generated, run-time and fallback accessors. */
import { MmapForgeError, show } from '../errors.ts'
import type { LayoutField } from '../schema/layout.ts'
import { type Refusal, valueKindOf, valueTypeOf } from './kinds.ts'

/**
 * The error for a value that an accessor refused.
 *
 * @param record undefined for an append
 */
export function valueError(
  field: LayoutField,
  value: unknown,
  path: string,
  record?: number,
): MmapForgeError {
  const kind = valueKindOf(field)
  if (kind.isOfType(value)) return errorOf(kind.unfit(field, value), field, path, record)
  const wanted = valueTypeOf(field)
  const hint =
    value === undefined
      ? 'give every field of the record'
      : `${field.type} takes ${kind.takes ?? `a ${wanted}`}`
  const message = `${show(value)} is not a ${wanted}; ${hint}`
  return errorOf({ code: 'ERR_TYPE_MISMATCH', message }, field, path, record)
}

/** The error for a delta that can't be added to a number field. */
export function deltaError(field: LayoutField, delta: unknown, path: string, record: number): MmapForgeError {
  const refusal: Refusal = valueKindOf(field).isOfType(delta)
    ? { code: 'ERR_VALUE_OUT_OF_RANGE', message: `${show(delta)} is not a safe integer to add to one` }
    : { code: 'ERR_TYPE_MISMATCH', message: `${show(delta)} is not a ${valueTypeOf(field)} to add` }
  return errorOf(refusal, field, path, record)
}

/** The error for stored bytes that are no value of their field. */
export function storedError(
  field: LayoutField,
  stored: unknown,
  path: string,
  record: number,
): MmapForgeError {
  const kind = valueKindOf(field)
  return errorOf((kind.unreadable ?? kind.unfit)(field, stored), field, path, record)
}

function errorOf(
  { code, message }: Refusal,
  { property }: LayoutField,
  path: string,
  record: number | undefined,
): MmapForgeError {
  return new MmapForgeError(code, message, { path, record, field: property })
}

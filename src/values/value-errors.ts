/** Why a value does not fit its field: the one place that words it, for generated, run-time and fallback accessors. */
import { MmapForgeError, show } from '../errors.ts'
import { fieldTypeOf, TS_TYPES } from '../schema/field-types.ts'
import type { LayoutField } from '../schema/layout.ts'
import { measureBlob, NOT_BYTES } from './blob-field.ts'

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
  const { codec, min, max } = fieldTypeOf(field.type)
  const context = { path, record, field: field.property }
  const wanted = TS_TYPES[codec]
  const fits = codec === 'blob' ? measureBlob(value, Infinity) !== NOT_BYTES : typeof value === wanted
  if (!fits) {
    const hint = value === undefined ? 'give every field of the record' : `${field.type} takes a ${wanted}`
    return new MmapForgeError('ERR_TYPE_MISMATCH', `${show(value)} is not a ${wanted}; ${hint}`, context)
  }
  switch (codec) {
    case 'text':
      return textError(field, value as string, context)
    case 'blob':
      return new MmapForgeError(
        'ERR_BYTES_TOO_LONG',
        `the value takes ${measureBlob(value, Infinity)} bytes, the field holds ${field.maxBytes}; shorten it or enlarge the field`,
        context,
      )
    case 'float':
      return new MmapForgeError(
        'ERR_VALUE_OUT_OF_RANGE',
        `${show(value)} is beyond the range of ${field.type}; use float64`,
        context,
      )
    default:
      return new MmapForgeError(
        'ERR_VALUE_OUT_OF_RANGE',
        `${show(value)} is not an integer from ${show(min)} to ${show(max)}, the range of ${field.type}`,
        context,
      )
  }
}

function textError(field: LayoutField, value: string, context: object): MmapForgeError {
  if (!value.isWellFormed()) {
    return new MmapForgeError(
      'ERR_VALUE_OUT_OF_RANGE',
      `${show(value)} has a lone surrogate, which UTF-8 can't express; use toWellFormed() first`,
      context,
    )
  }
  return new MmapForgeError(
    'ERR_STRING_TOO_LONG',
    `the value takes ${Buffer.byteLength(value)} bytes of UTF-8, the field holds ${field.maxBytes}; ` +
      'shorten it or enlarge the field',
    context,
  )
}

/** The error for what can't be added to a field of numbers. */
export function deltaError(field: LayoutField, delta: unknown, path: string, record: number): MmapForgeError {
  const wanted = TS_TYPES[fieldTypeOf(field.type).codec]
  const context = { path, record, field: field.property }
  return typeof delta === wanted
    ? new MmapForgeError(
        'ERR_VALUE_OUT_OF_RANGE',
        `${show(delta)} is not a safe integer to add to one`,
        context,
      )
    : new MmapForgeError('ERR_TYPE_MISMATCH', `${show(delta)} is not a ${wanted} to add`, context)
}

/** The error for bytes in the file that are no value of their field. */
export function storedError(
  field: LayoutField,
  stored: unknown,
  path: string,
  record: number,
): MmapForgeError {
  const { codec } = fieldTypeOf(field.type)
  const context = { path, record, field: field.property }
  const repair = 'set the field anew to repair it'
  switch (codec) {
    case 'bool':
      return new MmapForgeError(
        'ERR_INVALID_BOOL',
        `the file holds the byte ${show(stored)}, a bool is 0 or 1; ${repair}`,
        context,
      )
    case 'safeint':
      return new MmapForgeError(
        'ERR_VALUE_OUT_OF_RANGE',
        `the file holds ${show(stored)}, which ${field.type} can't give exactly; read it as ` +
          `${fieldTypeOf(field.type).formatName} (a bigint)`,
        context,
      )
    default:
      return new MmapForgeError(
        'ERR_CORRUPTED',
        (stored as number) > field.maxBytes
          ? `the file gives the length ${show(stored)}, the field holds ${field.maxBytes} bytes; ${repair}`
          : `the ${show(stored)} bytes in the file are not valid UTF-8; ${repair}, or declare it as bytes<${field.maxBytes}>`,
        context,
      )
  }
}

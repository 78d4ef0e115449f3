/**
 * The kinds of field values: which values fit a field, and how others are refused. How they are loaded and stored is in
 * `codegen/kinds`.
 */
import { type ErrorCode, show } from '../errors.ts'
import { type Codec, fieldTypeOf, TS_TYPES } from '../schema/field-types.ts'
import type { SchemaField } from '../schema/schema.ts'
import { measureBlob, NOT_BYTES, storeBlob } from './blob-field.ts'
import { isDate, timeOf } from './dates.ts'
import { overflowsFloat32 } from './float32.ts'
import { TextField } from './text-field.ts'

/** The error for a refused value. */
export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

/** The part of a field that its values depend on. */
export type FieldOfValues = Pick<SchemaField, 'type' | 'maxBytes' | 'labels'>

export interface ValueKind {
  /** Whether a value has the right JavaScript type, whether it fits or not. */
  isOfType(value: unknown): boolean
  /** Makes the check whether a value fits a field. */
  check(field: FieldOfValues): (value: unknown) => boolean
  /** What the error for a value of another type says the field takes, if the type's name is not enough. */
  readonly takes?: string
  /** Why a value of the right type does not fit. */
  unfit(field: FieldOfValues, value: unknown): Refusal
  /** Why stored bytes are no value of the field; absent if every bit pattern is a value. */
  unreadable?(field: FieldOfValues, stored: unknown): Refusal
  /** Whether a value can be added to the field's. */
  isDelta?(delta: unknown): boolean
  /** Copies a value; absent if values are immutable. */
  copy?(value: unknown): unknown
}

const REPAIR = 'set the field anew to repair it'

const isNumber = (value: unknown): boolean => typeof value === 'number'
const isBigint = (value: unknown): boolean => typeof value === 'bigint'
const isString = (value: unknown): boolean => typeof value === 'string'

function beyondIntegers({ type }: FieldOfValues, value: unknown): Refusal {
  const { min, max } = fieldTypeOf(type)
  return outOfRange(
    `${show(value)} is not an integer from ${show(min)} to ${show(max)}, the range of ${type}`,
  )
}

function outOfRange(message: string): Refusal {
  return { code: 'ERR_VALUE_OUT_OF_RANGE', message }
}

const bool: ValueKind = {
  isOfType: (value) => typeof value === 'boolean',
  check: () => bool.isOfType,
  unfit: ({ type }, value) => outOfRange(`${show(value)} is no ${type}`),
  unreadable: (_, stored) => ({
    code: 'ERR_INVALID_BOOL',
    message: `the file holds the byte ${show(stored)}, a bool is 0 or 1; ${REPAIR}`,
  }),
}

const int: ValueKind = {
  isOfType: isNumber,
  check: ({ type }) => {
    const { min, max } = fieldTypeOf(type) as { min: number; max: number }
    return (value) => Number.isInteger(value) && (value as number) >= min && (value as number) <= max
  },
  unfit: beyondIntegers,
  isDelta: Number.isSafeInteger,
}

const safeint: ValueKind = {
  ...int,
  unreadable: ({ type }, stored) =>
    outOfRange(
      `the file holds ${show(stored)}, which ${type} can't give exactly; read it as ` +
        `${fieldTypeOf(type).formatName} (a bigint)`,
    ),
}

const bigint: ValueKind = {
  isOfType: isBigint,
  check: ({ type }) => {
    const { min, max } = fieldTypeOf(type) as { min: bigint; max: bigint }
    return (value) => typeof value === 'bigint' && value >= min && value <= max
  },
  unfit: beyondIntegers,
  isDelta: isBigint,
}

const float: ValueKind = {
  isOfType: isNumber,
  check: ({ type }) =>
    fieldTypeOf(type).view === 'f32'
      ? (value) => typeof value === 'number' && !overflowsFloat32(value)
      : isNumber,
  unfit: ({ type }, value) => outOfRange(`${show(value)} is beyond the range of ${type}; use float64`),
  isDelta: isNumber,
}

const date: ValueKind = {
  isOfType: isDate,
  check: () => (value) => !Number.isNaN(timeOf(value)),
  takes: 'a Date, such as new Date(milliseconds)',
  unfit: () => outOfRange('the Date is invalid, its time is NaN; give a valid one'),
  unreadable: (_, stored) =>
    outOfRange(
      `the file holds ${show(stored)} milliseconds, beyond the range of a Date; read it as int64 (a bigint), or ${REPAIR}`,
    ),
  copy: (value) => (isDate(value) ? new Date(timeOf(value)) : value),
}

const labelled: ValueKind = {
  isOfType: isString,
  check:
    ({ labels = [] }) =>
    (value) =>
      labels.includes(value as string),
  takes: 'one of its labels',
  unfit: ({ labels = [] }, value) =>
    outOfRange(`${show(value)} is no label of the field; its labels are ${labels.map(show).join(', ')}`),
  unreadable: ({ type, labels = [] }, stored) =>
    outOfRange(
      `the file holds the number ${show(stored)}, the field has ${labels.length} labels; declare the labels that the file ` +
        `was written with, read it as ${fieldTypeOf(type).formatName}, or ${REPAIR}`,
    ),
}

const text: ValueKind = {
  isOfType: isString,
  check: ({ maxBytes }) => {
    const field = new TextField(maxBytes)
    return (value) => field.measure(value) >= 0
  },
  unfit: ({ maxBytes }, value) => {
    const given = value as string
    if (!given.isWellFormed()) {
      return outOfRange(
        `${show(given)} has a lone surrogate, which UTF-8 can't express; use toWellFormed() first`,
      )
    }
    const length = `${Buffer.byteLength(given)} bytes of UTF-8`
    return { code: 'ERR_STRING_TOO_LONG', message: tooLong(length, maxBytes) }
  },
  unreadable: ({ maxBytes }, stored) =>
    (stored as number) > maxBytes
      ? corruptLength(maxBytes, stored)
      : {
          code: 'ERR_CORRUPTED',
          message: `the ${show(stored)} bytes in the file are not valid UTF-8; ${REPAIR}, or declare it as bytes<${maxBytes}>`,
        },
}

const blob: ValueKind = {
  isOfType: (value) => measureBlob(value, Infinity) !== NOT_BYTES,
  check: ({ maxBytes }) => {
    return (value) => measureBlob(value, maxBytes) >= 0
  },
  unfit: ({ maxBytes }, value) => {
    const length = `${measureBlob(value, Infinity)} bytes`
    return { code: 'ERR_BYTES_TOO_LONG', message: tooLong(length, maxBytes) }
  },
  unreadable: ({ maxBytes }, stored) => corruptLength(maxBytes, stored),
  copy: (value) => {
    const length = measureBlob(value, Infinity)
    if (length === NOT_BYTES) return value
    const copied = new Uint8Array(length)
    storeBlob(copied, 0, value as Uint8Array, length)
    return copied
  },
}

function tooLong(length: string, maxBytes: number): string {
  return `the value takes ${length}, the field holds ${maxBytes}; shorten it or enlarge the field`
}

function corruptLength(maxBytes: number, stored: unknown): Refusal {
  return {
    code: 'ERR_CORRUPTED',
    message: `the file gives the length ${show(stored)}, the field holds ${maxBytes} bytes; ${REPAIR}`,
  }
}

const VALUE_KINDS: Readonly<Record<Codec, ValueKind>> = {
  bool,
  int,
  safeint,
  bigint,
  float,
  date,
  enum: labelled,
  text,
  blob,
}

export function valueKindOf({ type }: Pick<FieldOfValues, 'type'>): ValueKind {
  return VALUE_KINDS[fieldTypeOf(type).codec]
}

/** The JavaScript type of a field's values, for messages: `number`. */
export function valueTypeOf({ type }: Pick<FieldOfValues, 'type'>): string {
  return TS_TYPES[fieldTypeOf(type).codec]
}

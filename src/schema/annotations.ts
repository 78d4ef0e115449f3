/**
 * The field types as users write them: each is a TypeScript type, for annotated interfaces, and a value, for
 * `defineStore`.
 */
import { MmapForgeError, show } from '../errors.ts'
import { type EnumTypeName, enumTypeOf, type FieldTypeName, type SizedTypeName } from './field-types.ts'

/** A field's type as a value. */
export interface FieldType<T extends FieldTypeName = FieldTypeName> {
  readonly type: T
  /** Greatest length of the data in bytes; 0 for types that have none. */
  readonly maxBytes: number
  /** The field's name in the file, if it is not the property's. */
  readonly fileName?: string
  /** The labels of an `enums` field, in the order of their numbers in the file. */
  readonly labels?: readonly string[]
}

/** The type of a `str` or `bytes` field. */
export interface SizedType<T extends SizedTypeName = SizedTypeName, N extends number = number>
  extends FieldType<T> {
  readonly maxBytes: N
}

/** The type of an `enums` field. */
export interface EnumType<L extends string = string> extends FieldType<EnumTypeName> {
  readonly labels: readonly L[]
}

const scalar = <const T extends Exclude<FieldTypeName, SizedTypeName | EnumTypeName>>(
  type: T,
): FieldType<T> => Object.freeze({ type, maxBytes: 0 })

/** true or false, one byte */
export type bool = boolean
export const bool: FieldType<'bool'> = scalar('bool')
/** -128 to 127 */
export type int8 = number
export const int8: FieldType<'int8'> = scalar('int8')
/** 0 to 255 */
export type uint8 = number
export const uint8: FieldType<'uint8'> = scalar('uint8')
/** -32,768 to 32,767 */
export type int16 = number
export const int16: FieldType<'int16'> = scalar('int16')
/** 0 to 65,535 */
export type uint16 = number
export const uint16: FieldType<'uint16'> = scalar('uint16')
/** -2,147,483,648 to 2,147,483,647 */
export type int32 = number
export const int32: FieldType<'int32'> = scalar('int32')
/** 0 to 4,294,967,295 */
export type uint32 = number
export const uint32: FieldType<'uint32'> = scalar('uint32')
/** a 64-bit integer as bigint, -2^63 to 2^63 - 1 */
export type int64 = bigint
export const int64: FieldType<'int64'> = scalar('int64')
/** a 64-bit integer as bigint, 0 to 2^64 - 1 */
export type uint64 = bigint
export const uint64: FieldType<'uint64'> = scalar('uint64')
/** a safe integer as number, stored as int64: -(2^53 - 1) to 2^53 - 1 */
export type int53 = number
export const int53: FieldType<'int53'> = scalar('int53')
/** a safe integer as number, stored as uint64: 0 to 2^53 - 1 */
export type uint53 = number
export const uint53: FieldType<'uint53'> = scalar('uint53')
/** a number, rounded to 32-bit IEEE 754; a finite number that would overflow is an error */
export type float32 = number
export const float32: FieldType<'float32'> = scalar('float32')
/** a 64-bit IEEE 754 number, NaN and infinities included */
export type float64 = number
export const float64: FieldType<'float64'> = scalar('float64')

/** a valid Date, stored as int64: milliseconds since 1970 */
export type date = Date
export const date: FieldType<'date'> = scalar('date')

/**
 * one of these labels, stored as its index among them: a uint8, or a uint16 if there are more than 256. In an annotated
 * interface, write a union of string literals. Append new labels at the end, and migrate files that have the old ones.
 *
 * @example
 * defineStore('Order', { version: 1 }, { side: enums('buy', 'sell') })
 */
export function enums<const L extends string>(...labels: readonly L[]): EnumType<L> {
  return Object.freeze({ type: enumTypeOf(labels.length), maxBytes: 0, labels: Object.freeze([...labels]) })
}

/** a string of at most `MaxBytes` bytes of UTF-8 */
export type str<MaxBytes extends number> = MaxBytes extends number ? string : never
/** a string of at most `maxBytes` bytes of UTF-8 */
export const str = <const N extends number>(maxBytes: N): SizedType<'str', N> =>
  Object.freeze({ type: 'str', maxBytes })

/** at most `MaxBytes` bytes */
export type bytes<MaxBytes extends number> = MaxBytes extends number ? Uint8Array : never
/** at most `maxBytes` bytes */
export const bytes = <const N extends number>(maxBytes: N): SizedType<'bytes', N> =>
  Object.freeze({ type: 'bytes', maxBytes })

/**
 * Gives a field another name in the file than its property's, as `@mmap ts_ns` does in an annotated interface.
 *
 * @example
 * defineStore('Tick', { version: 1 }, { timestamp: named('ts_ns', uint64) })
 */
export function named<F extends FieldType>(fileName: string, fieldType: F): F {
  if (typeof fileName !== 'string') {
    throw new MmapForgeError(
      'ERR_TYPE_MISMATCH',
      `the name of a field must be a string, not ${show(fileName)}`,
    )
  }
  return Object.freeze({ ...fieldType, fileName })
}

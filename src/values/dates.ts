/** Dates of any realm and subclass, known and read without running code of theirs. */
import { types } from 'node:util'

const { getTime } = Date.prototype

export function isDate(value: unknown): value is Date {
  return types.isDate(value)
}

/** The milliseconds since 1970 of a Date; NaN for an invalid one, and for any other value. */
export function timeOf(value: unknown): number {
  return types.isDate(value) ? getTime.call(value) : Number.NaN
}

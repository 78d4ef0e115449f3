/** Recognises and reads Dates of any realm and subclass, without running their code. */
import { types } from 'node:util'

const { getTime } = Date.prototype

export function isDate(value: unknown): value is Date {
  return types.isDate(value)
}

/** The milliseconds since 1970 of a Date; NaN for an invalid one, and for any other value. */
export function timeOf(value: unknown): number {
  return types.isDate(value) ? getTime.call(value) : Number.NaN
}

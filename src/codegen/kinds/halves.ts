/** Safe integers as two 32-bit halves of a 64-bit integer: a BigInt64Array would allocate a bigint for every value. */
import { VIEW_BYTES } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import type { Views } from '../../store/hot-records.ts'
import { type FieldContext, type FieldStatements, NO_STATEMENTS } from './kind.ts'

/** @param value the local of the number, loaded and stored */
export function halvesStatements(
  field: LayoutField,
  { code, local, elementOf }: FieldContext,
  value: string,
  isSigned: boolean,
): Omit<FieldStatements, 'unfit' | 'value' | 'prepared' | 'refuses'> & { readonly high: string } {
  const low = local('Low')
  const high = local('High')
  const highView = isSigned ? 'i32' : 'u32'
  const lowElement = elementOf('u32', field.offsetBytes)
  const highElement = elementOf(highView, field.offsetBytes + VIEW_BYTES.u32)
  const highOf = `Math.floor(${value} / 4294967296)`
  return {
    ...NO_STATEMENTS,
    high,
    views: ['u32', highView],
    load: code`
      const ${low} = ${lowElement}‹ as number›
      const ${high} = ${highElement}‹ as number›
    `,
    derive: `const ${value} = ${high} * 4294967296 + ${low}`,
    stored: `(BigInt(${high}) << 32n) | BigInt(${low})`,
    // Where the high half stays as it is, the low half is all that changes, and one store does that.
    isHalfMade: `${highElement} !== ${highOf}`,
    // A store to an Int32Array drops the fraction, and takes the rest modulo 2^32. What is negative has to be rounded down.
    store: code`
      ${elementOf('i32', field.offsetBytes)} = ${value}
      ${elementOf('i32', field.offsetBytes + VIEW_BYTES.i32)} = ${isSigned ? highOf : `${value} / 4294967296`}
    `,
  }
}

/** A load of two halves, the low one first. */
export type Halves = readonly [low: number, high: number]

export function loadHalves(views: Views, at: number, isSigned: boolean): Halves {
  return [views.u32[at / 4] as number, views[isSigned ? 'i32' : 'u32'][at / 4 + 1] as number]
}

export function numberOf([low, high]: Halves): number {
  return high * 2 ** 32 + low
}

export function bigintOf([low, high]: Halves): bigint {
  return (BigInt(high) << 32n) | BigInt(low)
}

export function storeHalves({ u32, i32 }: Views, at: number, value: number): void {
  u32[at / 4] = value
  i32[at / 4 + 1] = Math.floor(value / 2 ** 32)
}

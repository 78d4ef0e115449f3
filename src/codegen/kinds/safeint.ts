/** Numbers in two 32-bit halves of a 64-bit integer: a BigInt64Array would make a bigint of every value. */
import { fieldTypeOf, VIEW_BYTES } from '../../schema/field-types.ts'
import { wordsOf } from '../../schema/layout.ts'
import { valueKindOf } from '../../values/kinds.ts'
import { checkName, elementIndex, type Kind, localName, NO_STATEMENTS, REFUSED } from './kind.ts'

/** The high half of the greatest safe integer. */
const MAX_SAFE_HIGH = Math.floor(Number.MAX_SAFE_INTEGER / 2 ** 32)

export const safeintKind: Kind = {
  check: (type) =>
    fieldTypeOf(type).view === 'i64'
      ? 'Number.isSafeInteger(value)'
      : 'Number.isSafeInteger(value) && value >= 0',
  refusesDelta: '!Number.isSafeInteger(delta)',
  statements: (field, context) => {
    const name = localName(field, context)
    const value = `${name}Value`
    const low = `${name}Low`
    const high = `${name}High`
    const isSigned = fieldTypeOf(field.type).view === 'i64'
    const highView = isSigned ? 'i32' : 'u32'
    const lowAt = elementIndex('u32', field.offsetBytes)
    const highAt = elementIndex(highView, field.offsetBytes + VIEW_BYTES.u32)
    const number = context.typed(' as number')
    // What is not safe shows in the high half, which is cheaper to judge, but for -2^53.
    const tooHigh = `${high} > ${MAX_SAFE_HIGH}`
    const highOf = `Math.floor(${value} / 4294967296)`
    return {
      ...NO_STATEMENTS,
      views: ['u32', highView],
      load: [`const ${low} = u32[${lowAt}]${number}`, `const ${high} = ${highView}[${highAt}]${number}`],
      derive: [`const ${value} = ${high} * 4294967296 + ${low}`],
      unfit: isSigned ? [tooHigh, `${value} < ${Number.MIN_SAFE_INTEGER}`] : [tooHigh],
      stored: `(BigInt(${high}) << 32n) | BigInt(${low})`,
      value,
      refuses: `!${checkName(field.type)}(${value})`,
      // Where the high half stays as it is, the low half is all that changes, and one store does that.
      keepUndo: [`if (${highView}[${highAt}] !== ${highOf}) this.keepUndo(index, ${wordsOf(field).start})`],
      // A store to a Uint32Array takes the value modulo 2^32, of negative ones the two's complement.
      store: [`u32[${lowAt}] = ${value}`, `${highView}[${highAt}] = ${highOf}`],
    }
  },
  codec: (field) => {
    const highView = fieldTypeOf(field.type).view === 'i64' ? 'i32' : 'u32'
    const fits = valueKindOf(field).check(field)
    return {
      load: (views, at) => [views.u32[at / 4], views[highView][at / 4 + 1]],
      judge: (halves) => {
        const [low, high] = halves as [number, number]
        const value = high * 2 ** 32 + low
        return Number.isSafeInteger(value) ? value : REFUSED
      },
      stored: (halves) => {
        const [low, high] = halves as [number, number]
        return (BigInt(high) << 32n) | BigInt(low)
      },
      prepare: (value) => (fits(value) ? value : REFUSED),
      store: (views, at, value) => {
        views.u32[at / 4] = (value as number) >>> 0
        views[highView][at / 4 + 1] = Math.floor((value as number) / 2 ** 32)
      },
    }
  },
}

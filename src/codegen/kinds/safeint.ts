/** Safe integers as numbers, stored as 64-bit integers. */
import { fieldTypeOf } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import { valueKindOf } from '../../values/kinds.ts'
import { checkBy } from './check.ts'
import { bigintOf, type Halves, halvesStatements, loadHalves, numberOf, storeHalves } from './halves.ts'
import { type Kind, REFUSED } from './kind.ts'

/** The high half of `Number.MAX_SAFE_INTEGER`. */
const MAX_SAFE_HIGH = Math.floor(Number.MAX_SAFE_INTEGER / 2 ** 32)

const isSignedField = ({ type }: Pick<LayoutField, 'type'>): boolean => fieldTypeOf(type).view === 'i64'

export const safeintKind: Kind = {
  refusesDelta: '!Number.isSafeInteger(delta)',
  statements: (field, context) => {
    const value = context.local('Value')
    const isSigned = isSignedField(field)
    const { high, ...halves } = halvesStatements(field, context, value, isSigned)
    const condition = `Number.isSafeInteger(value)${isSigned ? '' : ' && value >= 0'}`
    // An unsafe integer shows in the high half, which is cheaper to test; only -2^53 needs the low half too.
    const tooHigh = `${high} > ${MAX_SAFE_HIGH}`
    return {
      ...halves,
      ...checkBy(condition, field.type, value, context.code),
      unfit: isSigned ? [tooHigh, `${value} < ${Number.MIN_SAFE_INTEGER}`] : [tooHigh],
      value,
      prepared: { name: value, type: 'number', from: undefined },
    }
  },
  codec: (field) => {
    const isSigned = isSignedField(field)
    const fits = valueKindOf(field).check(field)
    return {
      load: (views, at) => loadHalves(views, at, isSigned),
      judge: (halves) => {
        const value = numberOf(halves as Halves)
        return Number.isSafeInteger(value) ? value : REFUSED
      },
      stored: (halves) => bigintOf(halves as Halves),
      prepare: (value) => (fits(value) ? value : REFUSED),
      store: (views, at, value) => storeHalves(views, at, value as number),
    }
  },
}

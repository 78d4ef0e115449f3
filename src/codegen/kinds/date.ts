/** Dates, as milliseconds in a 64-bit integer. What is prepared is the time, since the caller could change the Date. */
import { timeOf } from '../../values/dates.ts'
import { bigintOf, type Halves, halvesStatements, loadHalves, numberOf, storeHalves } from './halves.ts'
import { type Kind, REFUSED } from './kind.ts'

/** The greatest time that a Date can have, before and after 1970. */
const MAX_MS = 8.64e15

const isDateTime = (time: number): boolean => time >= -MAX_MS && time <= MAX_MS

export const dateKind: Kind = {
  statements: (field, context) => {
    const { local } = context
    const time = local('Time')
    const { high: _, ...halves } = halvesStatements(field, context, time, true)
    return {
      ...halves,
      imports: ['timeOf'],
      unfit: [`${time} < ${-MAX_MS}`, `${time} > ${MAX_MS}`],
      value: `new Date(${time})`,
      prepared: { name: time, type: 'number', from: `timeOf(${local('Value')})` },
      refuses: `Number.isNaN(${time})`,
      comparison: {
        prepare: 'const expectedTime = timeOf(expected)',
        refuses: 'Number.isNaN(expectedTime)',
        isOther: `${time} !== expectedTime`,
      },
    }
  },
  codec: () => {
    const prepare = (value: unknown) => {
      const time = timeOf(value)
      return Number.isNaN(time) ? REFUSED : time
    }
    return {
      load: (views, at) => loadHalves(views, at, true),
      judge: (halves) => {
        const time = numberOf(halves as Halves)
        return isDateTime(time) ? new Date(time) : REFUSED
      },
      stored: (halves) => bigintOf(halves as Halves),
      prepare,
      store: (views, at, time) => storeHalves(views, at, time as number),
      keyOf: prepare,
    }
  },
}

/** Booleans: one byte, 0 or 1. */
import { typeCheck } from './check.ts'
import { identity, type Kind, NO_STATEMENTS, REFUSED } from './kind.ts'

export const boolKind: Kind = {
  statements: ({ type, offsetBytes }, { code, local, elementOf }) => {
    const value = local('Value')
    const byte = local('Byte')
    const element = elementOf('u8', offsetBytes)
    return {
      ...NO_STATEMENTS,
      views: ['u8'],
      ...typeCheck(type, value),
      load: code`const ${byte} = ${element}‹ as number›`,
      unfit: [`${byte} > 1`],
      stored: byte,
      value: `${byte} === 1`,
      prepared: { name: value, type: 'boolean', from: undefined },
      store: `${element} = ${value} ? 1 : 0`,
    }
  },
  codec: () => ({
    load: ({ u8 }, at) => u8[at],
    judge: (byte) => ((byte as number) > 1 ? REFUSED : byte === 1),
    stored: identity,
    prepare: (value) => (typeof value === 'boolean' ? Number(value) : REFUSED),
    store: ({ u8 }, at, byte) => {
      u8[at] = byte as number
    },
  }),
}

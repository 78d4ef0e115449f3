/** One byte, 0 or 1. */
import {
  checkName,
  elementIndex,
  identity,
  type Kind,
  localName,
  NO_STATEMENTS,
  REFUSED,
  valueName,
} from './kind.ts'

export const boolKind: Kind = {
  check: () => "typeof value === 'boolean'",
  statements: (field, context) => {
    const byte = `${localName(field, context)}Byte`
    const at = elementIndex('u8', field.offsetBytes)
    return {
      ...NO_STATEMENTS,
      views: ['u8'],
      load: [`const ${byte} = u8[${at}]${context.typed(' as number')}`],
      unfit: [`${byte} > 1`],
      stored: byte,
      value: `${byte} === 1`,
      refuses: `!${checkName(field.type)}(${valueName(field)})`,
      store: [`u8[${at}] = ${valueName(field)} ? 1 : 0`],
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

/** Labels, stored as their numbers. */
import { fieldTypeOf, quote, tsTypeOf, VIEW_BYTES } from '../../schema/field-types.ts'
import { EnumField, NO_LABEL } from '../../values/enum-field.ts'
import { identity, type Kind, NO_STATEMENTS, REFUSED } from './kind.ts'

export const enumKind: Kind = {
  statements: (field, { code, local, constant, elementOf }) => {
    const { view } = fieldTypeOf(field.type)
    const { labels = [] } = field
    const enumField = constant('Labels')
    const number = local('Number')
    const element = elementOf(view, field.offsetBytes)
    return {
      ...NO_STATEMENTS,
      views: [view],
      imports: ['EnumField'],
      constants: [
        {
          name: enumField,
          text: code`const ${enumField} = new EnumField([${labels.map(quote).join(', ')}])`,
        },
      ],
      load: code`const ${number} = ${element}‹ as number›`,
      unfit: [`${number} >= ${labels.length}`],
      stored: number,
      value: code`${enumField}.labels[${number}]‹ as ${tsTypeOf(field)}›`,
      prepared: { name: number, type: 'number', from: `${enumField}.numberOf(${local('Value')})` },
      refuses: `${number} < 0`,
      comparison: {
        prepare: `const expectedNumber = ${enumField}.numberOf(expected)`,
        refuses: 'expectedNumber < 0',
        isOther: `${number} !== expectedNumber`,
      },
      store: `${element} = ${number}`,
    }
  },
  codec: ({ type, labels = [] }) => {
    const { view } = fieldTypeOf(type)
    const field = new EnumField(labels)
    return {
      load: (views, at) => views[view][at / VIEW_BYTES[view]],
      judge: (number) => labels[number as number] ?? REFUSED,
      stored: identity,
      prepare: (value) => {
        const number = field.numberOf(value)
        return number === NO_LABEL ? REFUSED : number
      },
      store: (views, at, number) => {
        views[view][at / VIEW_BYTES[view]] = number as never
      },
      keyOf: (value) => (field.numberOf(value) === NO_LABEL ? REFUSED : value),
    }
  },
}

/** String fields: a u32 length in bytes, the text in UTF-8, and zeros up to the field's end. */
import type { LayoutField } from '../../schema/layout.ts'
import { TextField } from '../../values/text-field.ts'
import { type FieldContext, type FieldReader, identity, type Kind, NO_STATEMENTS, REFUSED } from './kind.ts'
import { judgeSized, storedLength } from './sized.ts'

export const textKind: Kind = {
  statements: ({ offsetBytes, maxBytes }, { code, local, constant, viewOf, indexOf, elementOf }) => {
    const value = local('Value')
    const length = local('Length')
    const text = constant('Text')
    const prefix = indexOf('i32', offsetBytes)
    const memory = `${viewOf('u8')}, ${viewOf('i32')}, ${prefix}`
    return {
      ...NO_STATEMENTS,
      views: ['u8', 'i32'],
      imports: ['TextField'],
      constants: [{ name: text, text: `const ${text} = new TextField(${maxBytes})` }],
      load: code`
        const ${length} = ‹(›${elementOf('i32', offsetBytes)}‹ as number)› >>> 0
        const ${value} = ${text}.load(${memory}, ${length})
      `,
      unfit: [`${value} === undefined`],
      stored: length,
      value,
      prepared: { name: length, type: 'number', from: `${text}.measure(${value})` },
      refuses: `${length} < 0`,
      store: `${text}.store(${memory}, ${length})`,
    }
  },
  codec: ({ maxBytes }) => {
    const text = new TextField(maxBytes)
    return {
      load: ({ u8, i32, u32 }, at) => {
        const length = u32[at / 4] as number
        return { length, value: text.load(u8, i32, at / 4, length) }
      },
      judge: judgeSized,
      stored: storedLength,
      // Several string fields may be prepared before the first is stored, so each keeps its text in a TextField of its own.
      prepare: (value) => {
        const length = text.measure(value)
        return length < 0 ? REFUSED : length
      },
      store: ({ u8, i32 }, at, length) => text.store(u8, i32, at / 4, length as number),
    }
  },
}

/** The steps that compare a field with a given `text`; the result is in `isEqual`. */
export function comparison(
  { offsetBytes }: LayoutField,
  { code, constant, indexOf }: FieldContext,
): { readonly prepare: string; readonly load: string } {
  const text = constant('Text')
  const prefix = indexOf('i32', offsetBytes)
  return {
    // A text that does not fit the field has a negative length, which equals no stored one.
    prepare: `const length = ${text}.expect(text)`,
    load: code`
      const stored = ‹(›i32[${prefix}]‹ as number)› >>> 0
      const isEqual = stored === length && ${text}.matches(u8, i32, ${prefix}, length)
    `,
  }
}

/** Loads whether a string field holds the text that was passed to `expect`. */
export interface TextComparison extends FieldReader {
  expect(text: unknown): void
}

export function textComparison({ maxBytes }: LayoutField): TextComparison {
  const text = new TextField(maxBytes)
  let length = 0
  return {
    expect: (value) => {
      length = text.measure(value)
    },
    load: ({ u8, i32, u32 }, at) => u32[at / 4] === length && text.matches(u8, i32, at / 4, length),
    judge: identity,
    stored: identity,
  }
}

/** A u32 length in bytes, then the bytes, the rest zeroed. */
import { LENGTH_PREFIX_BYTES } from '../../schema/field-types.ts'
import { clearRest, loadBlob, measureBlob, storeBlob } from '../../values/blob-field.ts'
import { elementIndex, type Kind, localName, NO_STATEMENTS, REFUSED } from './kind.ts'
import { judgeSized, type Sized, storedLength } from './sized.ts'

export const blobKind: Kind = {
  statements: (field, context) => {
    const value = `${localName(field, context)}Value`
    const length = `${localName(field, context)}Length`
    const word = elementIndex('u32', field.offsetBytes)
    const data = elementIndex('u8', field.offsetBytes + LENGTH_PREFIX_BYTES)
    const number = context.typed(' as number')
    return {
      ...NO_STATEMENTS,
      views: ['u8', 'u32'],
      imports: ['loadBlob', 'measureBlob', 'storeBlob', 'clearRest'],
      load: [
        `const ${length} = u32[${word}]${number}`,
        `const ${value} = loadBlob(u8, ${data}, ${length}, ${field.maxBytes})`,
      ],
      unfit: [`${value} === undefined`],
      stored: length,
      value,
      prepare: [`const ${length} = measureBlob(${value}, ${field.maxBytes})`],
      refuses: `${length} < 0`,
      store: [
        `storeBlob(u8, ${data}, ${value}, ${length})`,
        `clearRest(u8, ${data}, ${length}, u32[${word}]${number}, ${field.maxBytes})`,
        `u32[${word}] = ${length}`,
      ],
    }
  },
  codec: ({ maxBytes }) => ({
    load: ({ u8, u32 }, at) => {
      const length = u32[at / 4] as number
      return { length, value: loadBlob(u8, at + LENGTH_PREFIX_BYTES, length, maxBytes) }
    },
    judge: judgeSized,
    stored: storedLength,
    prepare: (value) => {
      const length = measureBlob(value, maxBytes)
      return length < 0 ? REFUSED : { length, value }
    },
    store: ({ u8, u32 }, at, prepared) => {
      const { length, value } = prepared as Sized<Uint8Array>
      storeBlob(u8, at + LENGTH_PREFIX_BYTES, value, length)
      clearRest(u8, at + LENGTH_PREFIX_BYTES, length, u32[at / 4] as number, maxBytes)
      u32[at / 4] = length
    },
  }),
}

/** Byte fields: a u32 length in bytes, the bytes, and zeros up to the field's end. */
import { LENGTH_PREFIX_BYTES } from '../../schema/field-types.ts'
import { clearRest, loadBlob, measureBlob, storeBlob } from '../../values/blob-field.ts'
import { type Kind, NO_STATEMENTS, REFUSED } from './kind.ts'
import { judgeSized, type Sized, storedLength } from './sized.ts'

export const blobKind: Kind = {
  statements: ({ offsetBytes, maxBytes }, { code, local, indexOf, elementOf }) => {
    const value = local('Value')
    const length = local('Length')
    const prefix = elementOf('u32', offsetBytes)
    const data = indexOf('u8', offsetBytes + LENGTH_PREFIX_BYTES)
    return {
      ...NO_STATEMENTS,
      views: ['u8', 'u32'],
      imports: ['loadBlob', 'measureBlob', 'storeBlob', 'clearRest'],
      load: code`
        const ${length} = ${prefix}‹ as number›
        const ${value} = loadBlob(u8, ${data}, ${length}, ${maxBytes})
      `,
      unfit: [`${value} === undefined`],
      stored: length,
      value,
      prepared: { name: length, type: 'number', from: `measureBlob(${value}, ${maxBytes})` },
      refuses: `${length} < 0`,
      store: code`
        storeBlob(u8, ${data}, ${value}, ${length})
        clearRest(u8, ${data}, ${length}, ${prefix}‹ as number›, ${maxBytes})
        ${prefix} = ${length}
      `,
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

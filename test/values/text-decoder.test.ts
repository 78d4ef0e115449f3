/** Fields of one record are decoded through one copy: none may take another's bytes. */
import { expect, test } from 'vitest'
import { defineStore, str } from '../../src/index.ts'

const PairStore = defineStore('Pair', { version: 1 }, { one: str(300), other: str(300) })

/** A text of some bytes, of which the first is no ASCII. */
const wide = (name: string, sizeBytes: number): string =>
  `é${name}`.padEnd(sizeBytes - 1, '.').slice(0, sizeBytes - 1)

test.each([5, 9, 60, 128, 129, 200, 256, 257, 300])(
  'two texts of %i bytes stay what they are',
  (sizeBytes) => {
    using store = PairStore.create(':memory:')
    // More than a table takes before it is left alone.
    const count = 1500
    for (let i = 0; i < count; i++) {
      store.append({ one: wide(`${i}`, sizeBytes), other: wide(`_${i}`, sizeBytes) })
    }
    for (let i = 0; i < count; i++) {
      const [one, other] = [wide(`${i}`, sizeBytes), wide(`_${i}`, sizeBytes)]
      const record = store.get(i)
      if (record.one !== one || record.other !== other) expect(record).toEqual({ one, other })
    }
    let seen = 0
    store.scan({ fields: ['other', 'one'] }, (other, one, i) => {
      if (other !== wide(`_${i}`, sizeBytes) || one !== wide(`${i}`, sizeBytes)) {
        expect([other, one]).toBe(i)
      }
      seen++
    })
    expect(seen).toBe(count)
  },
)

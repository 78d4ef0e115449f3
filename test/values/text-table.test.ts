/** The table of texts never gives a text that is not the bytes', and steps aside where texts don't repeat. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TextField } from '../../src/values/text-field.ts'
import { TABLED_MAX_BYTES } from '../../src/values/text-rows.ts'
import { TextTable } from '../../src/values/text-table.ts'

/** Memory that holds nothing but a text. */
function memoryOf(bytes: Uint8Array): Int32Array {
  const i32 = new Int32Array(Math.ceil(bytes.length / 4) + 1)
  new Uint8Array(i32.buffer).set(bytes)
  return i32
}

function textOf(table: TextTable, bytes: Uint8Array): string | undefined {
  return table.load(memoryOf(bytes), 0, bytes.length)
}

/** Whether a text is in the table. */
function isKept(table: TextTable, text: string): boolean {
  return (table as unknown as { texts: readonly string[] }).texts.includes(text)
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** They differ in a word that the table does not look at to choose a slot. */
const ONE_SLOT = [
  '0123456789ab.def0123456789abcdef01234567',
  '0123456789ab,def0123456789abcdef01234567',
] as const

describe('the table of texts', () => {
  it('gives the text of the bytes, for texts that differ in little', () => {
    const unit = fc.constantFrom('a', 'b', '\0', 'é', '€', '😀', '\ufffd', '\ufeff')
    const text = fc
      .string({ unit, minLength: 9, maxLength: TABLED_MAX_BYTES })
      .filter((each) => Buffer.byteLength(each) <= TABLED_MAX_BYTES)
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), (texts) => {
        const table = new TextTable(TABLED_MAX_BYTES)
        for (const each of [...texts, ...texts.toReversed(), ...texts]) {
          expect(textOf(table, bytesOf(each))).toBe(each)
        }
      }),
    )
  })

  it('tells texts apart that differ in one byte, at whatever place, or in their length', () => {
    for (const length of [9, 12, 31, 64, 127, TABLED_MAX_BYTES]) {
      const table = new TextTable(TABLED_MAX_BYTES)
      for (let at = 0; at < length; at++) {
        for (const unit of ['x', '\0', '\x7f', ...(at === length - 1 ? [] : ['é'])]) {
          const text = `${'y'.repeat(at)}${unit}${'y'.repeat(length - at - Buffer.byteLength(unit))}`
          expect(textOf(table, bytesOf(text))).toBe(text)
          expect(textOf(table, bytesOf('y'.repeat(length)))).toBe('y'.repeat(length))
          expect(textOf(table, bytesOf(text))).toBe(text)
        }
      }
      for (let zeros = 0; length + zeros <= TABLED_MAX_BYTES; zeros++) {
        const text = 'z'.repeat(length) + '\0'.repeat(zeros)
        expect(textOf(table, bytesOf(text))).toBe(text)
      }
    }
  })

  it('has at hand what it decoded before', () => {
    const table = new TextTable(64)
    const texts = Array.from({ length: 100 }, (_, i) => `text number ${i}`)
    for (const text of texts) textOf(table, bytesOf(text))
    // Some may have met in a slot.
    expect(texts.filter((text) => isKept(table, text)).length).toBeGreaterThan(90)
  })

  it('tells texts apart that differ in the last bytes alone, of which one has zeros', () => {
    const table = new TextTable(64)
    const zeros = 'text of twenty bytes\0\0'
    // So many that a few meet the zeros in a slot.
    for (let i = 0; i < 30_000; i++) {
      const text = `${zeros.slice(0, -2)}${String.fromCharCode(1 + (i % 127), 1 + ((i >> 7) % 127))}`
      expect(textOf(table, bytesOf(text))).toBe(text)
      expect(textOf(table, bytesOf(zeros))).toBe(zeros)
    }
  })

  it('does not keep what is no text', () => {
    const table = new TextTable(64)
    const bytes = bytesOf('some text, é')
    for (let round = 0; round < 3; round++) {
      expect(textOf(table, bytes)).toBe('some text, é')
      expect(textOf(table, bytes.with(bytes.length - 1, 0x28))).toBeUndefined()
      expect(textOf(table, bytesOf(`another ${round}`))).toBe(`another ${round}`)
    }
  })

  it('has texts of one slot drive out each other, and no others', () => {
    const table = new TextTable(64)
    const others = Array.from({ length: 100 }, (_, i) => `text number ${i}`)
    for (const text of others) textOf(table, bytesOf(text))
    const before = others.filter((text) => isKept(table, text))
    for (let i = 0; i < 2000; i++) {
      const text = ONE_SLOT[i % 2] as string
      expect(isKept(table, text)).toBe(false)
      expect(textOf(table, bytesOf(text))).toBe(text)
    }
    expect(before.filter((text) => isKept(table, text)).length).toBeGreaterThan(80)
  })

  it('is left alone for a while where texts do not repeat, and tried again', () => {
    const table = new TextTable(64)
    const isWorthIt = Array.from({ length: 200_000 }, (_, i) => {
      const answer = table.isWorthIt()
      if (answer) textOf(table, bytesOf(`no other is ${i}`))
      return answer
    })
    const tried = isWorthIt.filter(Boolean).length
    expect(tried).toBeGreaterThan(1000)
    expect(tried).toBeLessThan(10_000)
    expect(isWorthIt.lastIndexOf(true)).toBeGreaterThan(isWorthIt.indexOf(false))
  })

  it('is worth it while one in four texts repeats', () => {
    const table = new TextTable(64)
    for (let i = 0; i < 20_000; i++) {
      expect(table.isWorthIt()).toBe(true)
      textOf(table, bytesOf(i % 4 === 0 ? 'the same as before' : `no other is ${i}`))
    }
  })
})

describe('a field', () => {
  it('gives texts around what the table holds, whether or not it is in use', () => {
    const field = new TextField(300)
    const memory = new ArrayBuffer(400)
    const [u8, i32] = [Buffer.from(memory), new Int32Array(memory)]
    for (let round = 0; round < 1500; round++) {
      for (const length of [9, 12, 17, 127, 128, 129, 255, 257, 300]) {
        for (const start of ['', 'é']) {
          const text = `${start}${round}`.padEnd(length - start.length, '.')
          const stored = field.measure(text)
          field.store(u8, i32, 0, stored)
          if (field.load(u8, i32, 0, stored) !== text) {
            expect(field.load(u8, i32, 0, stored)).toBe(text)
          }
        }
      }
    }
  })
})

/** Texts are encoded as UTF-8 says, whichever way is taken: the table, the loop, or natively. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FieldEncoder, NO_TEXT } from '../../src/values/text-encoder.ts'
import { NO_ROW, TextEncodings } from '../../src/values/text-encodings.ts'
import { TextField } from '../../src/values/text-field.ts'

/** What a text is encoded as; undefined where it is refused. */
function encoded(encoder: FieldEncoder, text: string): string | undefined {
  const length = encoder.encode(text)
  if (length === NO_TEXT) return undefined
  const start = encoder.start * 4
  return Buffer.from(encoder.bytes.subarray(start, start + length)).toString('hex')
}

function expected(text: string, maxBytes: number): string | undefined {
  const bytes = Buffer.from(text)
  return text.isWellFormed() && bytes.length <= maxBytes ? bytes.toString('hex') : undefined
}

/** They differ in a character that the table does not look at to choose a slot. */
const ONE_SLOT = ['01234567 één 9012345678901', '01234_67 één 9012345678901'] as const

describe('the encoder of a field', () => {
  it('gives the bytes of any texts, in any order', () => {
    const unit = fc.constantFrom(
      'a',
      '\0',
      '\x7f',
      '\x80',
      'é',
      '\u07ff',
      '\u0800',
      '€',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '😀',
      '\u{10ffff}',
      '\ud800',
      '\udfff',
    )
    const wide = fc.string({ unit, maxLength: 70 })
    const text = fc.oneof(wide, fc.string({ maxLength: 140 }), fc.constantFrom(...ONE_SLOT))
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 160 }), fc.array(text, { maxLength: 20 }), (maxBytes, texts) => {
        const encoder = new FieldEncoder(maxBytes)
        // Three times, so that what is kept is found; and each beside others, since the way taken depends on the one before.
        for (const each of [...texts, ...texts, ...texts.toReversed()]) {
          expect(encoded(encoder, each)).toBe(expected(each, maxBytes))
        }
      }),
    )
  })

  it('tells texts apart that differ in one character, at whatever place', () => {
    for (const length of [9, 10, 33, 64, 65, 128]) {
      const encoder = new FieldEncoder(140)
      for (let round = 0; round < 3; round++) {
        for (let at = 0; at < length; at++) {
          for (const unit of ['x', '\0', 'é', '€', '\ud800']) {
            const text = `${'y'.repeat(at)}${unit}${'y'.repeat(length - at - 1)}`
            for (const each of [text, 'y'.repeat(length), text]) {
              expect(encoded(encoder, each)).toBe(expected(each, 140))
            }
          }
        }
      }
    }
  })

  it('has room for texts that are three times as long in bytes, and keeps none that is too long for a row', () => {
    const shared = new FieldEncoder(400)
    for (let length = 1; length <= 133; length++) {
      const text = '€'.repeat(length)
      expect(encoded(new FieldEncoder(400), text)).toBe(expected(text, 400))
      // Each again and again, among others whose rows are beside its own.
      for (const each of [text, text, text, `${length} in few bytes`, `${length} in few bytes`]) {
        expect(encoded(shared, each)).toBe(expected(each, 400))
      }
    }
    for (let length = 1; length <= 133; length++) {
      expect(encoded(shared, `${length} in few bytes`)).toBe(expected(`${length} in few bytes`, 400))
    }
  })

  it('refuses a text as often as it comes', () => {
    const encoder = new FieldEncoder(30)
    for (let round = 0; round < 5; round++) {
      expect(encoder.encode('a lone \udc00 surrogate')).toBe(NO_TEXT)
      expect(encoder.encode('é'.repeat(16))).toBe(NO_TEXT)
      expect(encoder.encode('x'.repeat(31))).toBe(NO_TEXT)
      expect(encoder.encode('é'.repeat(15))).toBe(30)
    }
  })
})

describe('the table of encodings', () => {
  const keep = (table: TextEncodings, text: string): void => {
    const words = new Int32Array(64)
    const bytes = Buffer.from(words.buffer)
    const length = bytes.write(text)
    table.keep(text, words, bytes as never, length)
  }

  it('keeps what comes a second time', () => {
    const table = new TextEncodings(64)
    const text = 'again and again'
    for (let i = 0; i < 2; i++) {
      expect(table.find(text)).toBe(NO_ROW)
      keep(table, text)
    }
    const row = table.find(text)
    expect(row).not.toBe(NO_ROW)
    expect(table.lengthOf(row)).toBe(text.length)
    const start = table.startOf(row) * 4
    expect(Buffer.from(table.bytes.subarray(start, start + text.length)).toString()).toBe(text)
  })

  it('finds no text for another of its slot', () => {
    const table = new TextEncodings(64)
    const [first, second] = ONE_SLOT
    for (let i = 0; i < 2; i++) {
      table.find(first)
      keep(table, first)
    }
    const row = table.find(first)
    expect(row).not.toBe(NO_ROW)
    expect(table.find(second)).toBe(NO_ROW)
    keep(table, second)
    expect(table.find(first)).toBe(NO_ROW)
    expect(table.find(second)).toBe(row)
  })
})

describe('a text to compare with', () => {
  it('is told from every other, whatever was compared or stored in between', () => {
    const field = new TextField(40)
    const memory = new ArrayBuffer(64)
    const [u8, i32] = [Buffer.from(memory), new Int32Array(memory)]
    const texts = [
      '',
      'AAPL',
      'AAPLMSFT',
      'AAPLGOOG',
      'é',
      'ééé',
      '012345678',
      '012345679',
      '01234567 é',
      '01234567 è',
    ]
    for (const stored of texts) {
      for (const text of texts) {
        for (let round = 0; round < 2; round++) {
          field.store(u8, i32, 0, field.measure(stored))
          const length = field.expect(text)
          const isEqual = i32[0] === length && field.matches(u8, i32, 0, length)
          expect(isEqual, `${stored} and ${text}`).toBe(stored === text)
        }
      }
    }
    for (const text of ['\ud800', 'x'.repeat(41), 4, undefined]) expect(field.expect(text)).toBeLessThan(0)
  })
})

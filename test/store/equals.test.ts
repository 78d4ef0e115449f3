/** `<field>Equals`: what `getX(i) === text` says, without decoding. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emittedStore } from '../../src/codegen/compile.ts'
import { defineRecord } from '../../src/schema/definition.ts'
import { makeSchema, type Schema } from '../../src/schema/schema.ts'
import { TextField } from '../../src/values/text-field.ts'
import { type AnyStore, access, bytesOf, fieldOffsetBytes, regionOf } from '../support/any-store.ts'
import { expectError } from '../support/expect-error.ts'
import { fillText, textArbitrary } from '../support/values.ts'
import { expectRefusal, expectSameBytes, fullRecord, schemaOf } from './support/context.ts'
import { describeEachStore } from './support/each-store.ts'
import { BAD_VALUES, GOOD_VALUES, MISSING_INDICES, MISTYPED_INDICES } from './support/values.ts'

const equals = (store: AnyStore, property: string, index: unknown, text: unknown): unknown =>
  access(store, 'equals', property, index, text)

/** Texts that differ little from `text`: by one character at the start, in the middle, at the end, and by its length. */
function neighbours(text: string): string[] {
  const middle = text.length >> 1
  const changed = [0, 3, 4, 7, 8, middle, text.length - 1].flatMap((at) =>
    at >= 0 && at < text.length
      ? [`${text.slice(0, at)}~${text.slice(at + 1)}`, `${text.slice(0, at)}\0${text.slice(at + 1)}`]
      : [],
  )
  return [
    ...changed,
    `${text}a`,
    `${text}\0`,
    `\0${text}`,
    text.slice(0, -1),
    text.slice(1),
    text.slice(0, 4),
    '',
  ].filter((each) => each !== text)
}

describeEachStore('equals', (core) => {
  it.each(['a', 'é', '€', '😀', '\0'])('holds for %j and nothing near it, at every length', (unit) => {
    const store = core.createWith('Full', [fullRecord(0)])
    for (let sizeBytes = 0; sizeBytes <= 70; sizeBytes++) {
      const text = fillText(unit, sizeBytes)
      for (const property of sizeBytes <= 6 ? ['code', 'text'] : ['text']) {
        access(store, 'set', property, 0, text)
        expect(equals(store, property, 0, text), `${sizeBytes} bytes`).toBe(true)
        for (const other of neighbours(text)) expect(equals(store, property, 0, other), other).toBe(false)
        expect(access(store, 'get', property, 0)).toBe(text)
      }
    }
  })

  it('does not see what longer texts left', () => {
    const store = core.createWith('Full', [{ ...fullRecord(0), text: 'x'.repeat(100), code: 'xxxxxx' }])
    for (const text of ['x'.repeat(69), 'xxxxxxxxx', 'xxxxxxxx', 'xxxxx', 'xxxx', 'x', '']) {
      access(store, 'set', 'text', 0, text)
      access(store, 'set', 'code', 0, text.slice(0, 5))
      expect(equals(store, 'text', 0, text)).toBe(true)
      expect(equals(store, 'code', 0, text.slice(0, 5))).toBe(true)
      expect(equals(store, 'text', 0, `${text}x`)).toBe(false)
    }
  })

  it('agrees with ===, for every two values that a field takes', () => {
    for (const property of ['code', 'text']) {
      const texts = GOOD_VALUES[property] as readonly string[]
      const store = core.createWith(
        'Full',
        texts.map((text) => ({ ...fullRecord(0), [property]: text })),
      )
      texts.forEach((stored, index) => {
        for (const text of texts) expect(equals(store, property, index, text)).toBe(stored === text)
      })
    }
  })

  it('is false for what the field can not hold, and for what is no string', () => {
    for (const property of ['code', 'text']) {
      const store = core.createWith('Full', [fullRecord(0)])
      for (const stored of ['', 'a', '1', 'null', '\ufffd', 'true']) {
        access(store, 'set', property, 0, stored)
        for (const [value] of BAD_VALUES[property] ?? [])
          expect(equals(store, property, 0, value)).toBe(false)
        expect(equals(store, property, 0, undefined)).toBe(false)
        expect(equals(store, property, 0, new String(stored))).toBe(false)
        expect(equals(store, property, 0, stored)).toBe(true)
      }
    }
  })

  it('is false where the stored bytes are no text', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    for (const property of ['code', 'text']) {
      const at = fieldOffsetBytes(store, 0, property)
      const spoiled = [
        [1, 0, 0, 0, 0xff],
        [3, 0, 0, 0, 0xed, 0xa0, 0x80], // a lone surrogate, as some encode it
        [101, 0, 0, 0, 0x61],
        [255, 255, 255, 255, 0x61],
      ]
      for (const bytes of spoiled) {
        regionOf(store).set(bytes, at)
        expectError(() => access(store, 'get', property, 0), 'ERR_CORRUPTED')
        for (const text of ['', 'a', '\ufffd', 'ÿ', '\ud800', '\ufffd\ufffd\ufffd']) {
          expect(equals(store, property, 0, text)).toBe(false)
        }
      }
    }
  })

  it('refuses indices as getters do', () => {
    const store = core.createWith('Full', [fullRecord(0)])
    for (const index of [...MISSING_INDICES, ...MISTYPED_INDICES, 1]) {
      const code = typeof index === 'number' ? 'ERR_OUT_OF_BOUNDS' : 'ERR_TYPE_MISMATCH'
      for (const text of ['c0', 'too long', 1]) {
        expectRefusal(store, () => equals(store, 'code', index, text), code)
      }
    }
    store.close()
    expectError(() => equals(store, 'code', 0, 'c0'), 'ERR_CLOSED')
  })

  it('changes nothing, and no text that is about to be written', () => {
    const store = core.createWith('Full', [fullRecord(0), fullRecord(1)])
    const before = bytesOf(store)
    for (const text of ['c0', '€€', 'ö'.repeat(40)]) equals(store, 'text', 0, text)
    expectSameBytes(store, before)
    const trap = Object.defineProperty({ ...fullRecord(2) }, 'blob', {
      get: () => {
        equals(store, 'text', 1, 'another')
        equals(store, 'code', 1, 'x')
        return new Uint8Array(3)
      },
    })
    store.set(0, trap)
    expect(equals(store, 'text', 0, fullRecord(2)['text'])).toBe(true)
    expect(access(store, 'get', 'code', 0)).toBe('c2')
  })

  it('is there for str fields only', () => {
    const store = core.create('Full') as unknown as Record<string, unknown>
    const names = schemaOf('Full').fields.map(({ property }) => `${property}Equals`)
    expect(names.filter((name) => name in store)).toEqual(['codeEquals', 'textEquals'])
  })

  it.runIf(core.isFile)('of a reader sees what is written meanwhile', () => {
    const writer = core.createWith('Full', [fullRecord(0)])
    const reader = core.track(core.classOf('Full').open(writer.path, { readOnly: true }))
    for (const text of ['a', 'ab', 'a'.repeat(50), '']) {
      expect(equals(reader, 'text', 0, text)).toBe(false)
      access(writer, 'set', 'text', 0, text)
      expect(equals(reader, 'text', 0, text)).toBe(true)
    }
    writer.append(fullRecord(1))
    expect(equals(reader, 'code', 1, 'c1')).toBe(true)
  })
})

const schemaOfText = (maxBytes: number): Schema =>
  makeSchema({
    name: 'Text',
    version: 1,
    fields: [
      { property: 'before', name: 'before', type: 'uint8', maxBytes: 0 },
      { property: 'text', name: 'text', type: 'str', maxBytes },
      { property: 'after', name: 'after', type: 'uint8', maxBytes: 0 },
    ],
  })

describe('equals, in fields of any size', () => {
  it('is get and ===', () => {
    const pairs = fc.integer({ min: 1, max: 80 }).chain((maxBytes) => {
      const text = textArbitrary(maxBytes)
      const near = text.chain((each) =>
        fc.tuple(fc.constant(each), fc.constantFrom(each, ...neighbours(each))),
      )
      return fc.record({ maxBytes: fc.constant(maxBytes), pair: fc.oneof(near, fc.tuple(text, text)) })
    })
    let equalCount = 0
    fc.assert(
      fc.property(pairs, ({ maxBytes, pair: [stored, text] }) => {
        using store = emittedStore(defineRecord(schemaOfText(maxBytes))).create(':memory:')
        store.append({ before: 255, text: stored, after: 255 })
        const isEqual = access(store, 'get', 'text', 0) === text
        expect(equals(store, 'text', 0, text)).toBe(isEqual)
        if (isEqual) equalCount++
      }),
      { numRuns: 200 },
    )
    expect(equalCount).toBeGreaterThan(10)
  })

  it('looks at the bytes of the text alone', () => {
    // Another field's bytes stand right behind, and anything behind the text within the field.
    const memory = new ArrayBuffer(64)
    const [u8, i32] = [new Uint8Array(memory).fill(0xaa), new Int32Array(memory)]
    for (let maxBytes = 1; maxBytes <= 40; maxBytes++) {
      const field = new TextField(maxBytes)
      for (let length = 0; length <= maxBytes; length++) {
        u8.fill(0x61, 8, 8 + length).fill(0xaa, 8 + length)
        expect(field.measure('a'.repeat(length))).toBe(length)
        expect(field.matches(u8, i32, 1, length)).toBe(true)
        if (length === 0) continue
        u8[7 + length] = 0x62
        expect(field.matches(u8, i32, 1, length)).toBe(false)
      }
    }
  })
})

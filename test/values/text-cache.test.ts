/** The cache of short texts never gives a text that is not the bytes'. */
import { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emittedStore } from '../../src/codegen/compile.ts'
import { defineRecord } from '../../src/schema/definition.ts'
import { TextCache } from '../../src/values/text-cache.ts'
import { TextField } from '../../src/values/text-field.ts'
import { fullRecord, schemaOf } from '../store/support/context.ts'
import { access } from '../support/any-store.ts'

/** Memory with one field at word 0, as a record has it. */
function fieldMemory(sizeBytes = 16, buffer: ArrayBufferLike = new ArrayBuffer(sizeBytes)) {
  return { u8: Buffer.from(buffer as ArrayBuffer), i32: new Int32Array(buffer) }
}

/** What a field gives for a text that was stored in it. */
function throughField(field: TextField, text: string, { u8, i32 } = fieldMemory()): string | undefined {
  const length = field.measure(text)
  field.store(u8, i32, 0, length)
  return field.load(u8, i32, 0, length)
}

const SHORT_TEXTS = Array.from({ length: 5000 }, (_, i) => {
  const unit = ['', 'é', '€', '\0', '_'][i % 5] as string
  return `${i.toString(36)}${unit}`
})

function shuffled<T>(items: readonly T[]): T[] {
  // The generator of Park and Miller, so that every run has the same order.
  let state = 42
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return state
  }
  return items
    .map((item) => [next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

describe('the cache', () => {
  it('gives what was put last under a key, or nothing', () => {
    // Few keys, so that they meet in their slots; each text names its own key.
    const word = fc.oneof(fc.integer({ min: -2, max: 2 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }))
    const key = fc.tuple(word, word, fc.integer({ min: 1, max: 8 }))
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 200 }), (keys) => {
        const cache = new TextCache()
        for (const [low, high, length] of [...keys, ...keys]) {
          const text = `${[low, high, length]}`
          expect([undefined, text]).toContain(cache.get(low, high, length))
          cache.put(low, high, length, text)
          cache.put(low, high, length, text)
          expect(cache.get(low, high, length)).toBe(text)
        }
      }),
    )
  })

  it('takes a text that comes a second time, unless another of its slot came in between', () => {
    const cache = new TextCache()
    // Both words 0: all lengths share one slot.
    cache.put(0, 0, 1, '\0')
    expect(cache.get(0, 0, 1)).toBeUndefined()
    cache.put(0, 0, 2, '\0\0')
    cache.put(0, 0, 1, '\0')
    expect(cache.get(0, 0, 1)).toBeUndefined()
    cache.put(0, 0, 1, '\0')
    expect([cache.get(0, 0, 1), cache.get(0, 0, 2)]).toEqual(['\0', undefined])
    cache.put(0, 0, 2, '\0\0')
    expect([cache.get(0, 0, 1), cache.get(0, 0, 2)]).toEqual([undefined, undefined])
  })

  it('is empty at first, but for the empty text', () => {
    const cache = new TextCache()
    expect(cache.get(0, 0, 0)).toBe('')
    for (let length = 1; length <= 8; length++) expect(cache.get(0, 0, length)).toBeUndefined()
  })
})

describe('a field with a cache', () => {
  it('tells texts apart that are the same words, of different lengths', () => {
    const field = new TextField(8)
    for (let round = 0; round < 3; round++) {
      for (const unit of ['\0', 'a\0', 'é\0']) {
        for (let zeros = 0; zeros + Buffer.byteLength(unit) <= 8; zeros++) {
          const text = unit + '\0'.repeat(zeros)
          expect(throughField(field, text)).toBe(text)
          expect(throughField(field, '')).toBe('')
        }
      }
    }
  })

  it('gives back any texts, in any order, whatever stood in the field before', () => {
    const short = fc.oneof(
      fc.string({ maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
      fc.constantFrom('', '\0', '\0\0', 'a', 'a\0', 'AAPL', 'é', '€€', '😀😀', '\ufffd', '\ufeff'),
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(short, { maxLength: 60 }), (maxBytes, texts) => {
        const [field, memory] = [new TextField(maxBytes), fieldMemory()]
        for (const text of [...texts, ...texts.toReversed()]) {
          if (Buffer.byteLength(text) <= maxBytes) expect(throughField(field, text, memory)).toBe(text)
        }
      }),
    )
  })

  it('of a store gives 5,000 texts in random order as they were stored', () => {
    using store = emittedStore(defineRecord(schemaOf('Full'))).create(':memory:')
    store.appendMany(SHORT_TEXTS.map((code) => ({ ...fullRecord(0), code, text: code })))
    for (let round = 0; round < 2; round++) {
      for (const i of shuffled([...SHORT_TEXTS.keys()])) {
        const text = SHORT_TEXTS[i]
        if (access(store, 'get', 'code', i) !== text || access(store, 'get', 'text', i) !== text) {
          expect([access(store, 'get', 'code', i), access(store, 'get', 'text', i)]).toEqual([text, text])
        }
      }
    }
    const found = Array.from(store, ({ code }) => code)
    expect(found).toEqual(SHORT_TEXTS)
  })

  it('does not keep what is no text', () => {
    const [field, { u8, i32 }] = [new TextField(8), fieldMemory()]
    for (let round = 0; round < 2; round++) {
      u8.set([2, 0, 0, 0, 0xc3, 0x28])
      expect(field.load(u8, i32, 0, 2)).toBeUndefined()
      u8.set([2, 0, 0, 0, 0xc3, 0xa9])
      expect(field.load(u8, i32, 0, 2)).toBe('é')
    }
  })

  it('keeps no text that was never stored, though another thread overwrites it', async () => {
    const texts = ['aaaaaaaa', 'bbbbbbbb', 'éééé', 'aaaa', 'cccccc']
    const memory = new SharedArrayBuffer(16)
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const { u8, i32 } = fieldMemory(16, memory)
    const scribble = `
      const { memory, stop, texts } = require('node:worker_threads').workerData
      const [bytes, words] = [new Uint8Array(memory), new Int32Array(memory)]
      const encoded = texts.map((text) => Buffer.from(text))
      for (let i = 0; Atomics.load(stop, 0) === 0; i++) {
        const text = encoded[i % encoded.length]
        words[0] = text.length
        for (let at = 0; at < text.length; at++) bytes[4 + at] = text[at]
      }`
    const worker = new Worker(scribble, { eval: true, workerData: { memory, stop, texts } })
    const field = new TextField(8)
    const seen = new Set<string | undefined>()
    try {
      for (let i = 0; i < 400_000; i++) {
        if (i % 100_000 === 0) await new Promise((resolve) => setTimeout(resolve, 20))
        seen.add(field.load(u8, i32, 0, [8, 8, 8, 4, 6][i % 5] as number))
      }
    } finally {
      Atomics.store(stop, 0, 1)
      await worker.terminate()
    }
    expect(seen.size).toBeGreaterThan(1)
    // Whatever mixtures it met and kept, what is stored now is what it gives, and so are the mixtures themselves.
    for (const text of [...texts, ...seen]) {
      if (text !== undefined) expect(throughField(field, text)).toBe(text)
    }
  })
})

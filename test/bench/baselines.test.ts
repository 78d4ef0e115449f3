/** What the store is measured against does the same work: same bytes, same values, same refusals. */
import { defineStore } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { BARE_TYPES, makeBare } from '../../bench/baselines/bare.ts'
import { DECODERS, ENCODERS, makeBareText } from '../../bench/baselines/bare-text.ts'
import { fresh } from '../../bench/measure/fresh-function.ts'
import { loopOver, shuffled } from '../../bench/measure/loops.ts'
import { MarketStore, TextStore } from '../../bench/operations/records.ts'
import { filled, listOf, market, text } from '../../bench/operations/sample-records.ts'
import { fieldTypeOf } from '../../src/schema/field-types.ts'
import { regionOf } from '../support/any-store.ts'

const COUNT = 5

describe('a bare twin', () => {
  it.each(BARE_TYPES)('stores and reads %s as the store does', (type) => {
    const Store = defineStore('Scalar', { version: 1 }, { x: { type, maxBytes: 0 } })
    const bare = makeBare(Store.definition.layout, COUNT)
    const { codec } = fieldTypeOf(type)
    const values = { bool: true, bigint: 10n ** 15n, safeint: 2 ** 40 + 5, int: 77, float: 1.5 } as const
    const value = values[codec as keyof typeof values]
    const store = filled(Store.create(':memory:'), () => ({ x: value }), COUNT)
    bare['setX']?.(3, value)
    expect(bare['getX']?.(3)).toBe(store['getX']?.(3))
    const { recordSizeBytes } = Store.definition.layout
    const start = 64 + 3 * recordSizeBytes + 8 // behind the counter, which the twin has not
    const bytes = (of: Uint8Array) => [...of.subarray(start, start + recordSizeBytes - 8)]
    expect(bytes((bare as unknown as { u8: Uint8Array }).u8)).toEqual(bytes(regionOf(store as never)))
  })

  it('reads and writes whole records as the store does', () => {
    const store = filled(MarketStore.create(':memory:'), market, COUNT)
    const bare = makeBare(MarketStore.definition.layout, COUNT)
    for (let i = 0; i < COUNT; i++) bare['set']?.(i, market(i))
    const target = {}
    bare['getInto']?.(2, target)
    expect(bare['get']?.(2)).toEqual(store['get']?.(2))
    expect(target).toEqual(store['get']?.(2))
  })

  it('refuses an index that is out of bounds', () => {
    const bare = makeBare(MarketStore.definition.layout, COUNT)
    for (const index of [-1, 0.5, COUNT, Number.NaN]) {
      expect(() => bare['getPrice']?.(index), String(index)).toThrow(RangeError)
      expect(() => bare['set']?.(index, market(0)), String(index)).toThrow(RangeError)
    }
  })
})

describe('bare text', () => {
  const { layout } = TextStore.definition
  const texts = [text(3).ascii, text(3).utf8, 'é', '€', '😀', '']
  const reads = Object.keys(DECODERS).filter((name) => name !== 'latin1Slice')
  const writes = Object.keys(ENCODERS).filter((name) => name !== 'latin1Write')

  it.each(reads)('is read by %s', (decoder) => {
    const bare = makeBareText(layout, 'utf8', COUNT, { decoder })
    for (const value of texts) {
      bare.set(1, value)
      expect(bare.get(1)).toBe(value)
    }
  })

  it.each(writes)('is written by %s', (encoder) => {
    const bare = makeBareText(layout, 'utf8', COUNT, { encoder })
    for (const value of texts) {
      bare.set(1, value)
      expect(bare.get(1)).toBe(value)
    }
  })

  it('of ASCII is read and written by the ways that are for it', () => {
    const bare = makeBareText(layout, 'ascii', COUNT, { decoder: 'latin1Slice', encoder: 'latin1Write' })
    bare.set(4, text(1).ascii)
    expect(bare.get(4)).toBe(text(1).ascii)
    expect(text(1).ascii).toHaveLength(64)
  })
})

describe('loops', () => {
  it('visit every index of every subject once, with its value', () => {
    const seen: unknown[][][] = [[], []]
    const subjects = seen.map((list) => ({ see: (...values: unknown[]) => list.push(values) }))
    const values = listOf(COUNT, (i) => `value ${i}`)
    const loop = loopOver('', subjects, COUNT, { body: 'subject.see(index, value, of); sum++', values })
    expect(loop.run()).toBe(COUNT * 2)
    expect(loop.operations).toBe(COUNT * 2)
    for (const [of, list] of seen.entries()) {
      expect(list.map(([index]) => index).sort()).toEqual([0, 1, 2, 3, 4])
      expect(list.map(([, value]) => value)).toEqual(values)
      expect(new Set(list.map(([, , subject]) => subject))).toEqual(new Set([of]))
    }
  })

  it('go through a permutation', () => {
    const order = [...shuffled(1000)]
    expect([...order].sort((a, b) => a - b)).toEqual(listOf(1000, (i) => i))
    expect(order.slice(0, 10)).not.toEqual(listOf(10, (i) => i))
  })

  it('are new to the engine, though their text is the same', () => {
    // An engine knows a text again by the text of the function around it.
    const around = () => fresh<string>({}, 'return arguments.callee.toString()')
    expect(around()).not.toBe(around())
  })
})

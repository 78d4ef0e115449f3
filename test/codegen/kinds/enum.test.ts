/** Fields of labels: a label in, the same out, its number in the file, and the labels in the schema file. */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAnnotated } from '../../../src/codegen/annotations/parse.ts'
import { emitModule } from '../../../src/codegen/emit/module.ts'
import { defineStore, enums, float64, named, str, uint8, uint16 } from '../../../src/index.ts'
import { schemaHash } from '../../../src/schema/hash.ts'
import { type AnyStore, fieldOffsetBytes, regionOf } from '../../support/any-store.ts'
import { expectError } from '../../support/expect-error.ts'
import { tempPath } from '../../support/temp.ts'
import { describeEach } from './each-class.support.ts'

const FIELDS = { name: str(4), side: enums('buy', 'sell', "it's"), price: float64 }
const MANY = Array.from({ length: 300 }, (_, i) => `label ${i}`)

const byteOf = (store: unknown, index: number, property: string): number =>
  fieldOffsetBytes(store as AnyStore, index, property)

describeEach('a label', FIELDS, ({ create }) => {
  it('is stored as its place among the labels', () => {
    const store = create()
    store.appendMany(['sell', 'buy', "it's"].map((side) => ({ name: 'a', side: side as 'buy', price: 1 })))
    const bytes = regionOf(store as unknown as AnyStore)
    expect([0, 1, 2].map((index) => bytes[byteOf(store, index, 'side')])).toEqual([1, 0, 2])
    expect([...store].map(({ side }) => side)).toEqual(['sell', 'buy', "it's"])
  })

  it('goes through every way of reading and writing', () => {
    const store = create()
    store.append()
    expect(store.getSide(0)).toBe('buy')
    store.set(0, { name: 'a', side: 'sell', price: 1 })
    store.update(0, { price: 2 })
    expect(store.getInto(0, store.get(0))).toEqual({ name: 'a', side: 'sell', price: 2 })
    store.update(0, { side: "it's" })
    expect(store.cursor().seek(0).side).toBe("it's")
    store.cursor().seek(0).side = 'buy'
    expect(store.compareAndSetSide(0, 'sell', "it's")).toBe(false)
    expect(store.compareAndSetSide(0, 'buy', 'sell')).toBe(true)
    store.modify(0, (record) => ({ ...record, side: "it's" }))
    store.appendMany({ name: ['b'], side: ['sell'], price: [3] })
    const seen: unknown[] = []
    store.scan({ fields: ['side'] }, (side, index) => seen.push([side, index]))
    expect(seen).toEqual([
      ["it's", 0],
      ['sell', 1],
    ])
    expect(store.reduce({ fields: ['side'] }, (text, side) => `${text}${side} `, '')).toBe("it's sell ")
    expect('addSide' in store).toBe(false)
  })

  it.each([
    ['another string', 'hold', 'ERR_VALUE_OUT_OF_RANGE'],
    ['the empty string', '', 'ERR_VALUE_OUT_OF_RANGE'],
    ['a property of every object', 'toString', 'ERR_VALUE_OUT_OF_RANGE'],
    ['its number', 1, 'ERR_TYPE_MISMATCH'],
    ['null', null, 'ERR_TYPE_MISMATCH'],
  ] as const)('is not %s', (_, value, code) => {
    const store = create()
    store.append({ name: 'a', side: 'sell', price: 1 })
    const wrong = value as never
    const place = { record: 0, field: 'side' }
    expectError(() => store.setSide(0, wrong), code, place)
    expectError(() => store.update(0, { side: wrong }), code, place)
    expectError(() => store.append({ name: 'a', side: wrong, price: 1 }), code, { field: 'side' })
    expectError(() => store.compareAndSetSide(0, wrong, 'buy'), code, place)
    expectError(() => store.compareAndSetSide(0, 'sell', wrong), code, place)
    expect([...store]).toEqual([{ name: 'a', side: 'sell', price: 1 }])
  })

  it('that is unknown is told beside those that are', () => {
    const store = create()
    store.append()
    const error = expectError(() => store.setSide(0, 'hold' as never), 'ERR_VALUE_OUT_OF_RANGE')
    expect(error.message).toContain('"hold" is no label of the field; its labels are "buy", "sell", "it\'s"')
  })

  it('is none where the file has another number', () => {
    const store = create()
    store.append({ name: 'a', side: 'sell', price: 1 })
    regionOf(store as unknown as AnyStore)[byteOf(store, 0, 'side')] = 3
    const place = { record: 0, field: 'side' }
    const error = expectError(() => store.getSide(0), 'ERR_VALUE_OUT_OF_RANGE', place)
    expect(error.message).toContain('the file holds the number 3, the field has 3 labels')
    expectError(() => store.get(0), 'ERR_VALUE_OUT_OF_RANGE', place)
    expectError(() => store.scan({ fields: ['side'] }, () => undefined), 'ERR_VALUE_OUT_OF_RANGE', place)
    expectError(() => store.compareAndSetSide(0, 'buy', 'buy'), 'ERR_VALUE_OUT_OF_RANGE', place)
    store.setSide(0, 'buy')
    expect(store.get(0)).toEqual({ name: 'a', side: 'buy', price: 1 })
  })
})

describeEach('300 labels', { label: named('l', enums(...MANY)), x: float64 }, ({ create }) => {
  it('take two bytes', () => {
    const store = create()
    store.append({ label: 'label 299', x: 1 })
    const { buffer } = regionOf(store as unknown as AnyStore)
    expect(new DataView(buffer).getUint16(byteOf(store, 0, 'label'), true)).toBe(299)
    expect(store.getLabel(0)).toBe('label 299')
  })
})

describe('a schema with labels', () => {
  const make = (...labels: readonly string[]) =>
    defineStore('Order', { version: 1 }, { side: enums(...labels), x: float64 })

  it('hashes as that of the integer', () => {
    const { hash } = make('buy', 'sell').definition
    const asInteger = defineStore('Order', { version: 1 }, { side: uint8, x: float64 })
    expect(hash).toEqual(asInteger.definition.hash)
    const many = defineStore('Order', { version: 1 }, { side: enums(...MANY), x: float64 })
    expect(schemaHash(many.definition.schema)).toEqual(
      defineStore('Order', { version: 1 }, { side: uint16, x: float64 }).definition.hash,
    )
  })

  it('is compared with the labels of the file', () => {
    const path = tempPath()
    make('buy', 'sell').create(path).close()
    expect(JSON.parse(readFileSync(`${path}.schema.json`, 'utf8')).fields[0].labels).toEqual(['buy', 'sell'])
    make('buy', 'sell').open(path).close()
    for (const labels of [['sell', 'buy'], ['buy', 'sell', 'hold'], ['buy']]) {
      const error = expectError(() => make(...labels).open(path), 'ERR_SCHEMA_MISMATCH', { path })
      expect(error.message).toContain('"side" has the labels "buy", "sell" in the file')
    }
  })

  it('opens a file of the integer, and one whose schema file has no labels', () => {
    const path = tempPath()
    defineStore('Order', { version: 1 }, { side: uint8, x: float64 }).create(path).close()
    make('buy', 'sell').open(path).close()
    const other = tempPath()
    make('buy', 'sell').create(other).close()
    defineStore('Order', { version: 1 }, { side: uint8, x: float64 }).open(other).close()
  })

  it('refuses a schema file whose labels are none', () => {
    const path = tempPath()
    make('buy', 'sell').create(path).close()
    const text = readFileSync(`${path}.schema.json`, 'utf8')
    writeFileSync(`${path}.schema.json`, text.replace('"buy"', '7'))
    expectError(() => make('buy', 'sell').open(path), 'ERR_CORRUPTED')
  })

  it.each([
    ['none', []],
    ['one twice', ['a', 'b', 'a']],
    ['a number', ['a', 1 as unknown as string]],
    ['a lone surrogate', ['\ud800']],
    ['more than 65,536', Array.from({ length: 65_537 }, (_, i) => `${i}`)],
  ])('can not have %s', (_, labels) => {
    const side = { ...enums('a'), labels }
    expectError(() => defineStore('Order', { version: 1 }, { side }), 'ERR_INVALID_SCHEMA', { field: 'side' })
  })
})

describe('an annotated union of string literals', () => {
  const source = `/** @mmapforge version=1 */
interface Order {
  side: 'buy' | "sell"
  only: 'one'
}`

  it('is a field of labels', () => {
    const [schema] = parseAnnotated(source, 'order.ts')
    expect(schema?.fields).toEqual([
      { property: 'side', name: 'side', type: 'enum8', maxBytes: 0, labels: ['buy', 'sell'] },
      { property: 'only', name: 'only', type: 'enum8', maxBytes: 0, labels: ['one'] },
    ])
    const text = emitModule([schema as never], 'order.ts')
    expect(text).toContain("side: 'buy' | 'sell'")
    expect(text).toContain("setSide(index: number, value: 'buy' | 'sell'): void {")
  })

  it.each(["'a' | 1", "'a' | string", "'a' | 'a'", 'enum8', '`a`'])('can not be %s', (type) => {
    const faulty = source.replace('\'buy\' | "sell"', type)
    expectError(() => parseAnnotated(faulty, 'order.ts'), 'ERR_INVALID_SCHEMA')
  })
})

/** The text of scans, and of getInto: everything is judged before anything is handed over. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitFunctionBody } from '../../../src/codegen/emit/module.ts'
import { emitScanBody } from '../../../src/codegen/emit/scan.ts'
import { defineRecord } from '../../../src/schema/definition.ts'
import type { LayoutField } from '../../../src/schema/layout.ts'
import { makeSchema, type Schema } from '../../../src/schema/schema.ts'
import { schemaArbitrary } from '../../support/schemas.ts'

const definition = defineRecord(
  makeSchema({
    name: 'Point',
    version: 1,
    fields: [
      { property: 'on', name: 'on', type: 'bool', maxBytes: 0 },
      { property: 'x', name: 'x', type: 'float64', maxBytes: 0 },
      { property: 'label', name: 'label', type: 'str', maxBytes: 8 },
      { property: 'raw', name: 'raw', type: 'bytes', maxBytes: 8 },
      { property: 'count', name: 'count', type: 'uint53', maxBytes: 0 },
    ],
  }),
)

function scanOf(...names: string[]): string {
  return emitScanBody(definition, fieldsOf(names), 'visit')
}

function fieldsOf(names: readonly string[]): LayoutField[] {
  return names.map(
    (name) => definition.layout.fields.find(({ property }) => property === name) as LayoutField,
  )
}

const occurrences = (text: string, part: string): number => text.split(part).length - 1

describe('the text of a scan', () => {
  it('touches the fields that it was asked for, and no other', () => {
    const text = scanOf('x', 'on')
    expect(text).toContain('visit(xValue, onByte === 1, index)')
    expect(text).not.toMatch(/label|raw|countLow/)
    expect(text).toContain('const { i32, f64, u8, fence } = this')
  })

  it('loads once what is asked for twice', () => {
    const text = scanOf('label', 'x', 'label', 'x', 'raw', 'raw')
    expect(text).toContain('visit(labelValue, xValue, labelValue, xValue, rawValue, rawValue, index)')
    expect(occurrences(text, 'new TextField(8)')).toBe(1)
    // In the usual loop, and in the unusual one.
    for (const part of ['const labelValue', 'const xValue', 'const rawValue']) {
      expect(occurrences(text, part), part).toBe(2)
    }
  })

  it('of no field loads nothing but the counter', () => {
    const text = scanOf()
    expect(text).toContain('visit(index)')
    expect(text).toContain('const { i32, fence } = this')
  })

  it('asks the store at each record whether it is open, and its views the same', () => {
    const text = scanOf('x')
    const loop = text.slice(text.indexOf('for (; index < to'))
    const asked = loop.indexOf('if (!(index < this.readLimit && this.i32 === i32)) break')
    expect(asked).toBeGreaterThan(0)
    expect(loop.indexOf('beginRead')).toBeGreaterThan(asked)
  })

  it('looks its views up before the loop over records, and leaves that for whatever takes a call', () => {
    const text = scanOf('x', 'on', 'count')
    const start = text.indexOf('for (; index < to')
    expect(text.indexOf('} = this')).toBeLessThan(start)
    const loop = text.slice(start, text.indexOf('if (index < to) {'))
    expect(loop).toMatch(/if \(!endRead\(.*\)\) break/)
    expect(loop).toMatch(/if \(onByte > 1\) break/)
    expect(loop).toMatch(/if \(countHigh > \d+\) break/)
    expect(loop).not.toContain('this.refuseStored')
    expect(loop).not.toContain('this.retryRead')
    expect(text).toContain('this.refuseStored')
    expect(text).toContain('this.retryRead')
  })

  it.each([
    ['visit', 'let result\n', '\n      visit(xValue, index)'],
    ['reduce', 'let result = initial\n', 'result = visit(result, xValue, index)'],
    ['sum', 'let result = +initial\n', 'result = visit(result, xValue, index)'],
  ] as const)('of the kind %s hands on what it has to', (kind, start, call) => {
    const text = emitScanBody(definition, fieldsOf(['x']), kind)
    expect(text).toContain(start)
    expect(text).toContain(call)
  })
})

/** Where each of some patterns last or first stands in a text. */
const lastOf = (text: string, pattern: RegExp): number =>
  [...text.matchAll(pattern)].reduce((last, { index }) => Math.max(last, index), -1)

describe('on random schemas', () => {
  const random = { numRuns: 100 }

  it('a scan compiles, and calls its visitor after the last check', () => {
    fc.assert(
      fc.property(schemaArbitrary(), (schema: Schema) => {
        const each = defineRecord(schema)
        const text = emitScanBody(each, [...each.layout.fields, ...each.layout.fields], 'reduce')
        expect(typeof new Function('runtime', text)).toBe('function')
        const [usual = '', unusual = ''] = text.split('if (index < to) {')
        for (const [part, check] of [
          [usual, /\) break/g],
          [unusual, /refuseStored|\) continue/g],
        ] as const) {
          expect(occurrences(part, 'visit(result')).toBe(1)
          expect(part.indexOf('visit(result')).toBeGreaterThan(lastOf(part, check))
          expect(lastOf(part, check)).toBeGreaterThan(0)
        }
      }),
      random,
    )
  })

  it('getInto assigns after the last check', () => {
    fc.assert(
      fc.property(schemaArbitrary(), (schema: Schema) => {
        const text = emitFunctionBody(schema)
        const start = text.indexOf('getInto(index, target) {')
        const method = text.slice(start, text.indexOf('\n  set(', start))
        const assigned = [...method.matchAll(/target\.\S+ = /g)]
        expect(assigned).toHaveLength(schema.fields.length)
        const checked = Math.max(lastOf(method, /refuse(Stored|Record)/g), lastOf(method, /endRead\(/g))
        expect(assigned[0]?.index).toBeGreaterThan(checked)
      }),
      random,
    )
  })
})

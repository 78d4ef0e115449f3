/** The text of scans, and of getInto: everything is judged before anything is handed over. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitFunctionBody } from '../../src/codegen/emit.ts'
import { emitScanBody } from '../../src/codegen/emit-scan.ts'
import type { LayoutField } from '../../src/schema/layout.ts'
import { makeSchema, type Schema } from '../../src/schema/schema.ts'
import { defineRecord } from '../../src/store/definition.ts'
import { schemaArbitrary } from '../support/schemas.ts'

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
  return emitScanBody(
    definition,
    names.map((name) => definition.layout.fields.find(({ property }) => property === name) as LayoutField),
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
    for (const part of ['const labelValue', 'const xValue', 'const rawValue', 'new TextField(8)']) {
      expect(occurrences(text, part), part).toBe(1)
    }
  })

  it('of no field loads nothing but the counter', () => {
    const text = scanOf()
    expect(text).toContain('visit(index)')
    expect(text).toContain('const { i32, fence } = this')
  })

  it('asks the store anew for each record: for its views, and whether it is open', () => {
    const text = scanOf('x')
    const loop = text.slice(text.indexOf('for (let index'))
    expect(loop.indexOf('this.readableCount')).toBeGreaterThan(0)
    expect(loop.indexOf('} = this')).toBeGreaterThan(loop.indexOf('this.readableCount'))
    expect(text.indexOf('} = this')).toBeGreaterThan(text.indexOf('for (let index'))
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
        const text = emitScanBody(each, [...each.layout.fields, ...each.layout.fields])
        expect(typeof new Function('runtime', text)).toBe('function')
        const end = text.indexOf('endRead(i32')
        const visit = text.indexOf('visit(', end)
        expect(end).toBeGreaterThan(0)
        expect(visit).toBeGreaterThan(Math.max(end, lastOf(text, /refuseStored/g)))
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

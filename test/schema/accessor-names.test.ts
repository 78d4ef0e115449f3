/** How accessors are named. */
import { describe, expect, it } from 'vitest'
import { defineStore } from '../../src/codegen/define-store.ts'
import { accessorName, accessorNames, RESERVED_ACCESSORS } from '../../src/schema/accessor-names.ts'
import { bool, str } from '../../src/schema/annotations.ts'
import { schemaFromFields } from '../../src/schema/schema.ts'
import { expectError } from '../support/expect-error.ts'
import { ALL_TYPES } from '../support/schemas.ts'

it.each([
  ['price', 'getPrice'],
  ['Price', 'getPrice'],
  ['p', 'getP'],
  ['ts_ns', 'getTs_ns'],
  ['$x', 'get$x'],
  ['_x', 'get_x'],
  ['élan', 'getÉlan'],
  ['価格', 'get価格'],
])('the getter of %s is %s', (property, expected) => {
  expect(accessorName('get', property)).toBe(expected)
})

it('a comparison is named after the field itself', () => {
  expect(accessorName('equals', 'symbol')).toBe('symbolEquals')
})

it.each(ALL_TYPES)('%s has a getter and a setter, and what its kind of value allows', (type) => {
  const more = {
    str: ['viewA', 'aEquals', 'compareAndSetA'],
    bytes: ['viewA'],
    bool: ['compareAndSetA'],
    date: ['compareAndSetA'],
    enum8: ['compareAndSetA'],
    enum16: ['compareAndSetA'],
  }[type as string] ?? ['addA', 'compareAndSetA']
  expect(accessorNames('a', type)).toEqual(['getA', 'setA', ...more])
})

describe('the names of the base classes', () => {
  // An accessor named like such a member would override what the base class calls for other purposes.
  it('that an accessor could have are reserved', () => {
    const fields = { on: bool }
    const taken: string[] = []
    let object = defineStore('Flag', { version: 1 }, fields).prototype as object
    while (object !== Object.prototype) {
      taken.push(...Object.getOwnPropertyNames(object))
      object = Object.getPrototypeOf(object) as object
    }
    expect(taken).toContain('records')
    expect(taken).toContain('retryRead')
    const colliding = taken.filter((name) => /^(get|set|view|add|compareAndSet).|.Equals$/.test(name))
    expect(colliding.sort()).toEqual([...RESERVED_ACCESSORS, 'getOn', 'setOn', 'compareAndSetOn'].sort())
  })

  it('are those of no field', () => {
    const fields = { field: str(8) }
    const error = expectError(() => schemaFromFields('Any', 1, fields), 'ERR_INVALID_SCHEMA', {
      field: 'field',
    })
    expect(error.message).toContain('its accessor viewField is a method that every store has')
    expect(schemaFromFields('Any', 1, { field: bool }).fields).toHaveLength(1)
  })

  it('are that of no record', () => {
    expectError(() => schemaFromFields('Record', 1, { on: bool }), 'ERR_INVALID_SCHEMA')
  })
})

/** What the parser makes of annotated interfaces that are as they should be. */
import { describe, expect, it } from 'vitest'
import { parseAnnotated } from '../../../src/codegen/annotations/parse.ts'
import { FIELD_TYPES, type FieldTypeName, isEnum, isSized } from '../../../src/schema/field-types.ts'
import type { Schema } from '../../../src/schema/schema.ts'

function parseOne(source: string, file = 'tick.ts'): Schema {
  const schemas = parseAnnotated(source, file)
  expect(schemas).toHaveLength(1)
  return schemas[0] as Schema
}

/** The fields of one record, each as `property type` or `property type<size>`. */
function fieldsOf(source: string): string[] {
  return parseOne(source).fields.map(({ property, type, maxBytes }) =>
    maxBytes === 0 ? `${property} ${type}` : `${property} ${type}<${maxBytes}>`,
  )
}

const record = (body: string, head = ''): string =>
  `${head}\n/** @mmapforge version=1 */\ninterface Tick {\n${body}\n}\n`

describe('records', () => {
  it('reads name, version and fields in their order', () => {
    const source = `import type { float64, str, uint64 } from 'mmapforge'

/** @mmapforge version=7 */
export interface Tick {
  symbol: str<64>
  readonly price: float64
  'volume': float64,
  /** @mmap ts_ns */
  timestamp: uint64;
}
`
    expect(parseOne(source)).toEqual({
      name: 'Tick',
      version: 7,
      fields: [
        { property: 'symbol', name: 'symbol', type: 'str', maxBytes: 64 },
        { property: 'price', name: 'price', type: 'float64', maxBytes: 0 },
        { property: 'volume', name: 'volume', type: 'float64', maxBytes: 0 },
        { property: 'timestamp', name: 'ts_ns', type: 'uint64', maxBytes: 0 },
      ],
    })
  })

  it('reads several in the order of the file, exported or not, and leaves out what is not annotated', () => {
    const source = `
interface Plain { anything: string[]; method(): void }
/** @mmapforge version=0 */
interface Second { a: bool }
/** Of no concern. */
export interface Other<T> extends Plain { t?: T }
/** @mmapforge version=4294967295 */
export default interface First { a: bool }
/** @mmapforge version=2 */
declare interface Third { a: bool }
export /** @mmapforge version=3 */ interface Fourth { a: bool }
`
    expect(parseAnnotated(source, 'a.ts').map(({ name, version }) => [name, version])).toEqual([
      ['Second', 0],
      ['First', 4294967295],
      ['Third', 2],
      ['Fourth', 3],
    ])
  })

  it('reads every field type', () => {
    const names = (Object.keys(FIELD_TYPES) as FieldTypeName[]).filter((name) => !isEnum(name))
    const body = names.map((name) => `  a_${name}: ${isSized(name) ? `${name}<5>` : name}`).join('\n')
    expect(fieldsOf(record(body))).toEqual(
      names.map((name) => `a_${name} ${isSized(name) ? `${name}<5>` : name}`),
    )
  })

  it.each([
    ['16_384', 16384],
    ['0x40', 64],
    ['0b11', 3],
    ['1e3', 1000],
    ['268435456', 268435456],
  ])('takes the size %s', (literal, size) => {
    expect(fieldsOf(record(`name: str<${literal}>`))).toEqual([`name str<${size}>`])
  })

  it('freezes what it gives', () => {
    const schema = parseOne(record('a: bool'))
    expect(
      Object.isFrozen(schema) && Object.isFrozen(schema.fields) && Object.isFrozen(schema.fields[0]),
    ).toBe(true)
  })
})

describe('names of types', () => {
  it.each([
    ['a plain import', `import type { str } from 'mmapforge'`, 'str<8>'],
    ['an import of types among values', `import { type str, defineStore } from 'mmapforge'`, 'str<8>'],
    ['a renamed import', `import type { str as text } from 'mmapforge'`, 'text<8>'],
    ['an import renamed from a string', `import type { 'str' as text } from 'mmapforge'`, 'text<8>'],
    ['a namespace', `import type * as mf from 'mmapforge'`, 'mf.str<8>'],
    ['a required namespace', `import mf = require('mmapforge')`, 'mf.str<8>'],
    ["Deno's spelling", `import type { str } from 'npm:mmapforge@0.1'`, 'str<8>'],
    ['no import', '', 'str<8>'],
  ])('are resolved through %s', (_, head, type) => {
    expect(fieldsOf(record(`a: ${type}`, head))).toEqual(['a str<8>'])
  })

  it('may be swapped by renaming', () => {
    const head = `import type { int8 as int16, int16 as int8 } from 'mmapforge'`
    expect(fieldsOf(record('a: int8; b: int16', head))).toEqual(['a int16', 'b int8'])
  })
})

describe('documentation', () => {
  it('is carried over without comment marks and annotations', () => {
    const source = `
/** About the file. */

/**
 * A trade.
 *
 *   - indented
 * @mmapforge version=1
 * @deprecated soon
 */
interface Tick {
  /** in dollars */
  price: float64
  /**
   * when
   * @mmap ts_ns
   * **exactly**
   **/
  time: uint64
  /** size @mmap vol */
  volume: float64
  // not a doc comment
  bare: bool
  /* nor this */
  plain: bool
  /** @mmap x */
  named: bool
}`
    const schema = parseOne(source)
    expect(schema.doc).toBe('A trade.\n\n  - indented\n@deprecated soon')
    expect(schema.fields.map(({ name, doc }) => [name, doc])).toEqual([
      ['price', 'in dollars'],
      ['ts_ns', 'when\n**exactly**'],
      ['vol', 'size'],
      ['bare', undefined],
      ['plain', undefined],
      ['x', undefined],
    ])
    expect(Object.keys(schema.fields[5] ?? {})).not.toContain('doc')
  })

  it('is the comment nearest to a declaration, unless an earlier one has the annotation', () => {
    const source = `/** @mmapforge version=1 */
/** nearest */
interface Tick {
  /** far */
  /** near */
  a: bool
  /** @mmap file_b */
  /** near */
  b: bool
}`
    const schema = parseOne(source)
    expect(schema.doc).toBeUndefined()
    expect(schema.fields.map(({ name, doc }) => [name, doc])).toEqual([
      ['a', 'near'],
      ['file_b', undefined],
    ])
  })

  it('does not take a comment behind one field for the next', () => {
    const schema = parseOne(
      record('a: bool /** about a */\nb: bool\n/** about c */ c: bool; /** about d */ d: bool'),
    )
    expect(schema.fields.map(({ doc }) => doc)).toEqual([undefined, undefined, 'about c', 'about d'])
  })

  it('may mention annotations in prose, in quotes', () => {
    const schema = parseOne(
      record('/** see `@mmap x` */ a: bool', '/** what `@mmapforge` makes */ interface Other { b: string }'),
    )
    expect(schema.fields[0]).toMatchObject({ name: 'a', doc: 'see `@mmap x`' })
  })

  it('may mention other words of the kind, and end in several stars', () => {
    const schema = parseOne(record('/** drawn by @mmapper **/ a: bool'))
    expect(schema.fields[0]).toMatchObject({ name: 'a', doc: 'drawn by @mmapper' })
  })

  it('may hold commented-out records', () => {
    const head = `// /**\n//  * @mmapforge version=1\n//  */\n// interface Old { a: bool }`
    expect(fieldsOf(record('// /** @mmap x */\n// b: bool\na: bool', head))).toEqual(['a bool'])
  })
})

describe('the rest of the file', () => {
  it('may be any TypeScript', () => {
    const source = `#!/usr/bin/env node
import data from './data.json' with { type: 'json' }
import defer * as late from './late.ts'
const later = [import('./late.ts'), import.defer('./late.ts')]
export * from './other.ts'
export { undeclared }
enum Colour { Red }
abstract class Base<const T extends readonly unknown[]> { accessor x = 1; static { } #y?: T; abstract z(): void }
@sealed class Service { constructor(@inject() private readonly base: Base<[]>) {} }
declare module 'x' { export const y: number }
namespace Inner { export type str = string }
const a = data satisfies object, b = <T,>(t: T): t is T & {} => true
type Keys = { readonly [K in keyof Base<[]> as \`a\${string & K}\`]?: unique symbol }
{ using c = open() }
/** @mmapforge version=1 */
export interface Tick { a: str<4> }
`
    expect(fieldsOf(source)).toEqual(['a str<4>'])
  })

  it('may have decorators before export or after', () => {
    const source =
      'export @sealed class A {}\n@sealed export class B {}\n/** @mmapforge version=1 */ interface Tick { a: bool }'
    expect(fieldsOf(source.split('\n').slice(1).join('\n'))).toEqual(['a bool'])
    expect(fieldsOf(source.replace('@sealed export', 'export'))).toEqual(['a bool'])
  })

  it('may be a declaration file', () => {
    const source = 'export const limit: number\n/** @mmapforge version=1 */ export interface Tick { a: bool }'
    expect(parseOne(source, 'tick.d.ts').name).toBe('Tick')
    expect(() => parseOne(source, 'tick.ts')).toThrow('tick.ts:1:')
  })

  it('may have interfaces of its own that merge and are annotated by other tools', () => {
    const head = 'interface P { /** @mmap x */ a: 1 }\ninterface P { // @mmap y z\n b: 2 }'
    expect(fieldsOf(record('a: bool', head))).toEqual(['a bool'])
  })

  it('may have a value beside the record that shares its name', () => {
    expect(fieldsOf(record('a: bool', 'export const Tick = { a: true }'))).toEqual(['a bool'])
  })
})

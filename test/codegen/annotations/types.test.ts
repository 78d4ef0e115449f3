/** Types that no field can have, and how the source may be written. */
import { describe, expect, it } from 'vitest'
import { parseAnnotated } from '../../../src/codegen/annotations/parse.ts'
import { faultsOf } from './support.ts'

const messageOf = (source: string): string => faultsOf(source).message

/** The type stands on line 4, in column 4. */
const field = (type: string, head = ''): string =>
  `${head}\n/** @mmapforge version=1 */\ninterface Tick {\na: ${type}\n}\n`

const EVERY_TYPE =
  'bool, int8, uint8, int16, uint16, int32, uint32, int64, uint64, int53, uint53, float32, float64, date, str<N>, bytes<N>'

describe('unknown types', () => {
  it.each([
    ['number', 'float64, an integer type from int8 to uint32, or int53'],
    ['string', 'str<N>'],
    ['boolean', 'bool'],
    ['bigint', 'int64 or uint64'],
    ['Uint8Array', 'bytes<N>'],
    ['Buffer', 'bytes<N>'],
    ['Date', 'date'],
  ])('suggest what to write for %s', (type, suggestion) => {
    expect(messageOf(field(type))).toContain(`tick.ts:4:4: unknown type ${type}; write ${suggestion}`)
  })

  it.each([
    'float64 | undefined',
    'float64[]',
    'null',
    'Foo',
    'mf.str<8>',
    'a.b.str<8>',
    '{ b: bool }',
    'Partial<bool>',
    "import('mmapforge').bool",
    'constructor',
    'typeof x',
  ])('quote %s', (type) => {
    expect(messageOf(field(type))).toBe(`tick.ts:4:4: unknown type ${type}; write one of ${EVERY_TYPE}`)
  })

  it('quote on one line, shortened', () => {
    expect(messageOf(field('{\n  b: bool }'))).toContain(': unknown type { b: bool };')
    expect(messageOf(field('X'.repeat(61)))).toContain(`: unknown type ${'X'.repeat(60)}…;`)
  })

  it.each([
    ['an interface', 'interface bool {}'],
    ['a type', 'export type bool = boolean'],
    ['a class', 'class bool {}'],
    ['an enum', 'enum bool { No }'],
    ['a namespace', 'namespace bool { }'],
    ['a function', 'export function bool() {}'],
    ['a variable', 'const other = 1, bool = 2'],
    ['a destructured variable', 'const { a: [{ ...bool } = {}], ...b } = x'],
    ['a rest element', 'const [, ...bool] = x'],
    ['an import', "import { bool } from 'other'"],
    ['an import by default', "import bool from 'mmapforge'"],
    ['a namespace import', "import * as bool from 'mmapforge'"],
    ['a required module', "import bool = require('other')"],
    ['an alias', 'import bool = other.bool'],
  ])('are names of field types that %s takes', (_, head) => {
    expect(messageOf(field('bool', head))).toMatch(
      /^tick\.ts:4:4: (the type bool is (declared in this file|imported) |unknown type bool)/,
    )
  })

  it.each([
    ["import type { FieldType } from 'mmapforge'", 'FieldType'],
    ["import type { nope as bool } from 'mmapforge'", 'bool'],
    ["import type * as mf from 'other'", 'mf.bool'],
    ["import type * as mf from 'mmapforge'", 'mf.nope'],
    ["import type * as mf from 'mmapforge'", 'mf'],
    ["import type { bool as mf } from 'mmapforge'", 'mf.bool'],
  ])('are what %s does not give: %s', (head, type) => {
    expect(messageOf(field(type, head))).toContain(`tick.ts:4:4: unknown type ${type}`)
  })
})

describe('sizes', () => {
  const wanted = 'an integer literal from 1 to 268435456, such as'
  it.each([
    ['str', '4:4', `str needs a size in bytes: ${wanted} str<64>`],
    ['bytes', '4:4', `bytes needs a size in bytes: ${wanted} bytes<64>`],
    ['str<0>', '4:8', `the size of str must be ${wanted} str<64>, not 0`],
    ['bytes<0>', '4:10', `the size of bytes must be ${wanted} bytes<64>, not 0`],
    ['str<-1>', '4:8', `the size of str must be ${wanted} str<64>, not -1`],
    ['str<1.5>', '4:8', `the size of str must be ${wanted} str<64>, not 1.5`],
    ['str<268_435_457>', '4:8', `the size of str must be ${wanted} str<64>, not 268_435_457`],
    ['str<1e400>', '4:8', `the size of str must be ${wanted} str<64>, not 1e400`],
    ['str<8n>', '4:8', `the size of str must be ${wanted} str<64>, not 8n`],
    ["str< '8'>", '4:9', `the size of str must be ${wanted} str<64>, not '8'`],
    ['str<N>', '4:8', `the size of str must be ${wanted} str<64>, not N`],
    ['str<8, 9>', '4:11', `str takes one size in bytes: ${wanted} str<64>`],
    ['uint8<8>', '4:9', 'uint8 takes no size; write uint8 alone'],
    ['float64<number>', '4:11', 'float64 takes no size; write float64 alone'],
  ])('%s', (type, place, message) => {
    expect(messageOf(field(type))).toBe(`tick.ts:${place}: ${message}`)
  })

  it('names a renamed type as mmapforge does', () => {
    expect(messageOf(field('text', "import type { str as text } from 'mmapforge'"))).toContain(
      '4:4: str needs a size',
    )
  })
})

describe('the text of the file', () => {
  const lines = [
    '/**',
    ' * Größe',
    ' * @mmapforge version=1',
    ' */',
    'interface Tick {',
    '\t/** ü @mmap size */ größe: bool; 日本: nope',
    '}',
  ]

  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
    ['U+2028', '\u2028'],
  ])('may have lines that end in %s', (_, end) => {
    expect(messageOf(lines.join(end))).toMatch(/^tick\.ts:6:39: unknown type nope/)
    const [schema] = parseAnnotated(lines.join(end).replace('nope', 'int8'), 'tick.ts')
    expect(schema).toMatchObject({
      doc: 'Größe',
      fields: [
        { property: 'größe', name: 'size', doc: 'ü' },
        { property: '日本', name: '日本' },
      ],
    })
  })

  it('may start with a byte order mark, which is no column', () => {
    expect(messageOf('\ufeff/** @mmapforge */ interface A { a: bool }')).toMatch(/^tick\.ts:1:5: /)
  })

  it('counts columns in UTF-16 code units, as editors do', () => {
    expect(messageOf("const a = '😀'; /** @mmapforge */ interface A { a: bool }")).toMatch(/^tick\.ts:1:21: /)
  })

  it('counts the lines of comments with several ends of lines', () => {
    expect(
      messageOf('/**\r\n * A\r\n *\r\n *\t@mmapforge version=0x1\r\n */\r\ninterface A { a: bool }'),
    ).toMatch(/^tick\.ts:4:4: the version .* not "0x1"/)
  })
})

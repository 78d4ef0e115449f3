/** The faults of an annotated file and of its records, and the place that each is blamed on. */
import { describe, expect, it } from 'vitest'
import { MmapForgeError } from '../../../src/errors.ts'
import { checkRows, faultsOf, type Row, record } from './support.ts'

describe('the error', () => {
  it('is typed and says where', () => {
    const error = faultsOf(record('a: bool\nb: nope'))
    expect(error).toBeInstanceOf(MmapForgeError)
    expect(error).toMatchObject({
      name: 'AnnotationError',
      code: 'ERR_INVALID_SCHEMA',
      file: 'tick.ts',
      line: 4,
      column: 4,
    })
    expect(error.message).toBe(`tick.ts:4:4: ${error.problems[0]?.message}`)
  })

  it('lists every fault in the order of the file', () => {
    const source = `/** @mmapforge version=x */
interface A<T> extends B {
  a?: number
  b: str
  c: bool
  c: bool
}
/** @mmapforge version=1 */
interface C { c: uint8; C: uint8; m(): void }
/** @mmapforge version=1 */
type D = {}
`
    const { message, problems } = faultsOf(source)
    expect(problems.map(({ line, column }) => `${line}:${column}`)).toEqual([
      ...['1:5', '2:13', '2:24', '3:3', '3:7', '4:6', '6:3'],
      ...['9:25', '9:35', '10:5'],
    ])
    expect(message.split('\n')).toHaveLength(problems.length)
  })
})

describe('the record', () => {
  const rows: Row[] = [
    ['no record at all', 'interface Tick {}', '1:1', 'no annotated interface; write /\\*\\* @mmapforge'],
    ['an empty file', '', '1:1', 'no annotated interface'],
    [
      'no version',
      '/** @mmapforge */ interface A { a: bool }',
      '1:5',
      "@mmapforge needs the schema's version",
    ],
    [
      'no value',
      '/** @mmapforge version= */ interface A { a: bool }',
      '1:5',
      'the version must be .* not ""',
    ],
    [
      'a fraction',
      '/** @mmapforge version=1.5 */ interface A { a: bool }',
      '1:5',
      'the version must be .* not "1.5"',
    ],
    [
      'a negative version',
      '/** @mmapforge version=-1 */ interface A { a: bool }',
      '1:5',
      'the version must be .* not "-1"',
    ],
    [
      'a version above 32 bits',
      '/** @mmapforge version=4294967296 */ interface A { a: bool }',
      '1:5',
      'the version must be an integer from 0 to 4294967295',
    ],
    [
      'a word',
      '/** @mmapforge version=one */ interface A { a: bool }',
      '1:5',
      'the version must be .* not "one"',
    ],
    [
      'an unknown setting',
      '/**\n * Text.\n *   @mmapforge version=1 size=3\n */\ninterface A { a: bool }',
      '3:6',
      '@mmapforge knows nothing of "size=3"',
    ],
    ['text behind', '/** @mmapforge version=1 of ticks */ interface A { a: bool }', '1:5', '.* "of"'],
    [
      'the version twice',
      '/** @mmapforge version=1 version=1 */ interface A { a: bool }',
      '1:5',
      'version is given twice',
    ],
    [
      'the annotation twice',
      '/** @mmapforge version=1\n@mmapforge version=1 */ interface A { a: bool }',
      '2:1',
      '@mmapforge stands twice',
    ],
    [
      'a misspelt annotation',
      '/** @mmapForge version=1 */ interface A { a: bool }',
      '1:5',
      'unknown annotation @mmapForge',
    ],
    [
      '@mmap on a record',
      '/** @mmap x\n * @mmapforge version=1 */ interface A { a: bool }',
      '1:5',
      '@mmap names a field',
    ],
    [
      '@mmap in a sentence',
      '/** an @mmap x\n * @mmapforge version=1 */ interface A { a: bool }',
      '1:8',
      '@mmap names a field',
    ],
    [
      'type parameters',
      '/** @mmapforge version=1 */ interface A<T> { a: bool }',
      '1:41',
      'a record can.t have type parameters; remove <T>',
    ],
    [
      'extends',
      '/** @mmapforge version=1 */ interface A extends B.C { a: bool }',
      '1:49',
      'a record can.t extend B.C',
    ],
    ['no fields', '/** @mmapforge version=1 */ interface Empty {}', '1:39', 'Empty has no fields'],
    [
      'a record beyond the limit',
      '/** @mmapforge version=1 */ interface A { a: str<268435456>; b: str<268435456>; c: str<268435456>; d: str<268435456> }',
      '1:39',
      'a record of A takes 1073741848 bytes',
    ],
    [
      'two records of one name',
      '/** @mmapforge version=1 */ interface A { a: bool }\n/** @mmapforge version=1 */ interface A { b: bool }',
      '2:39',
      'A is declared twice',
    ],
    [
      'merging with an interface that is not annotated',
      '/** @mmapforge version=1 */ interface A { a: bool }\nexport interface A { b: bool }',
      '2:18',
      'A is declared twice',
    ],
    [
      'merging with a class',
      'class A {}\n/** @mmapforge version=1 */ interface A { a: bool }',
      '2:39',
      'A is declared twice',
    ],
  ]
  checkRows(rows, (source) => source)
})

describe('lost annotations', () => {
  const rest = '\n/** @mmapforge version=1 */ interface A { a: bool }'
  checkRows(
    [
      [
        'on a type alias',
        '/** @mmapforge version=1 */\ntype B = { a: bool }',
        '1:5',
        '@mmapforge describes no record',
      ],
      [
        'on a directive',
        "/** @mmapforge version=1 */ 'use strict'\ninterface B { a: bool }",
        '1:5',
        '@mmapforge describes no record',
      ],
      ['on a class', '/** @mmapforge version=1 */\nclass B { }', '1:5', '@mmapforge describes no record'],
      [
        'on a nested interface',
        'namespace N {\n  /** @mmapforge version=1 */\n  export interface B { a: bool }\n}',
        '2:7',
        '@mmapforge describes no record',
      ],
      [
        'in a line comment',
        '// @mmapforge version=1\ninterface B { a: bool }',
        '1:4',
        '@mmapforge describes no record',
      ],
      [
        'in a plain comment',
        '/* @mmapforge version=1 */\ninterface B { a: bool }',
        '1:4',
        '@mmapforge describes no record',
      ],
      [
        'behind the name',
        'interface B /** @mmapforge version=1 */ { a: bool }',
        '1:17',
        '@mmapforge describes no record',
      ],
    ],
    (source) => source + rest,
  )
})

describe('syntax errors', () => {
  checkRows(
    [
      ['a missing value', 'const a = ;\n', '1:11', 'syntax error: Unexpected token$'],
      ['a file cut short', 'interface A {\n  a: bool\n', '3:1', 'syntax error: .*$'],
      [
        'two of a const',
        'const a = 1\nconst a = 2\n',
        '2:7',
        "syntax error: Identifier 'a' has already been declared.$",
      ],
      [
        'behind what only one kind of decorators takes',
        'export @x class A {}\nlet = = 1\n',
        '2:7',
        'syntax error: Unexpected token$',
      ],
    ],
    (source) => source,
  )
})

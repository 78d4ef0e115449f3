/** The faults of fields, and the place that each is blamed on. */
import { describe, expect, it } from 'vitest'
import { checkRows, faultsOf, record } from './support.ts'

describe('fields', () => {
  checkRows(
    [
      [
        'an optional property',
        'a: bool\n  b?: bool',
        '4:3',
        'a field can.t be optional, every record has it; remove the \\? of b',
      ],
      ['no type', 'a: bool; b', '3:10', 'the field b has no type'],
      ['a method', ' a(): void; b: bool', '3:2', '.* not a method'],
      ['a call signature', 'b: bool; (): void', '3:10', '.* not a call signature'],
      ['a construct signature', 'b: bool; new (): X', '3:10', '.* not a construct signature'],
      ['a getter', 'b: bool; get a(): number', '3:10', '.* not a getter'],
      ['a setter', 'b: bool; set a(x: number)', '3:10', '.* not a setter'],
      ['an index signature', '[key: string]: bool', '3:1', '.* not an index signature'],
      ['a computed key', 'b: bool; [key]: bool', '3:11', "a field's name must be an identifier, not key"],
      ['a computed string', "readonly ['a']: bool", '3:11', "a field's name must be an identifier, not 'a'"],
      ['a number for a key', '12: bool', '3:1', "a field's name must be an identifier, not 12"],
      ['a string for a key', "'a-b': bool", '3:1', 'field "a-b": a property must be an identifier'],
      ['__proto__', '__proto__: bool', '3:1', 'field "__proto__": __proto__ has a meaning of its own'],
      ['a duplicate', 'a: bool\nb: bool\na: int8', '5:1', 'field "a": the field stands twice'],
      [
        'a duplicate among readonly fields',
        'readonly a: bool; readonly a: bool',
        '3:28',
        'field "a": the field stands twice',
      ],
      [
        'a duplicate name in the file',
        '/** @mmap b */ a: bool\nb: bool',
        '4:1',
        'field "b": the name in the file "b" is taken by field "a"',
      ],
      [
        'two renamed to one name',
        '/** @mmap x */ a: bool\n/** @mmap x */ b: bool',
        '4:16',
        'field "b": the name in the file "x"',
      ],
      [
        'accessors that collide',
        'price: bool\nPrice: bool',
        '4:1',
        'field "Price": the accessor "getPrice" is taken',
      ],
      [
        'a name with a colon in the file',
        '/** @mmap a:b */ c: bool',
        '3:18',
        'field "c": the name in the file must be',
      ],
      ['@mmap without a name', '/** @mmap */ a: bool', '3:5', '@mmap takes one name, .* not none'],
      [
        '@mmap with two names',
        '/**\n *  text @mmap one two\n */\na: bool',
        '4:10',
        '@mmap takes one name, .* not "one two"',
      ],
      ['@mmap twice', '/** @mmap x\n * @mmap y */ a: bool', '4:4', '@mmap stands twice'],
      [
        'a misspelt @mmap',
        '/** @mmapped x */ a: bool',
        '3:5',
        'unknown annotation @mmapped; here only @mmap',
      ],
      [
        '@mmapforge on a field',
        '/** @mmapforge version=1 */ a: bool',
        '3:5',
        '@mmapforge describes a record',
      ],
      ['@mmap behind its field', 'a: bool /** @mmap x */\nb: bool', '3:13', '@mmap names no field'],
      ['@mmap behind the last field', 'a: bool\n/** @mmap x */', '4:5', '@mmap names no field'],
      [
        '@mmap in a line comment',
        '// @mmap x\na: bool',
        '3:4',
        '@mmap names no field; write it in a /\\*\\* \\*/',
      ],
    ],
    record,
  )

  it('blames the third of three as well as the second', () => {
    expect(faultsOf(record('a: bool\na: bool\na: bool')).problems.map(({ line }) => line)).toEqual([4, 5])
  })
})

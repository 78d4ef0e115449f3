/** Files that are large, or deep, beyond measure: the generator takes time in proportion, or refuses them. */
import { describe, expect, it } from 'vitest'
import { parseAnnotated } from '../../../src/codegen/annotations/parse.ts'
import { faultsOf, record } from './support.ts'

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('')

describe('in time that grows as the file does', () => {
  /** Each is read in well under a second. What took the square of its length took half a minute or more, and is ended here. */
  const TIMEOUT_MS = 20_000
  const LONG = 200_000
  const MANY = 32_000

  it.each([
    ['stars before the text of a comment', `/**${'*'.repeat(LONG)} x */ a: bool`],
    ['blank lines in a comment', `/** x\n${'\n'.repeat(LONG)}y */ a: bool`],
    ['spaces in a line of a comment', `/** x${' '.repeat(LONG)}y */ a: bool`],
    ['spaces at the start of a line', `/**\n${' '.repeat(LONG)}y */ a: bool`],
    ['words like annotations in a line', `/** x ${'@mmap'.repeat(LONG / 5)} */ a: bool`],
    ['comments before a field', `${lines(MANY, () => '/** c */')}a: bool`],
    ['fields with comments', lines(MANY, (i) => `/** c */\na${i}: bool // c`)],
  ])(
    'reads %s',
    (_, body) => {
      expect(parseAnnotated(record(body), 'tick.ts')[0]?.fields[0]).toMatchObject({ type: 'bool' })
    },
    TIMEOUT_MS,
  )

  it.each([
    ['types that are none', record(lines(MANY, (i) => `a${i}: nope`)), MANY],
    ['fields that stand twice', record(lines(MANY, () => 'a: bool')), MANY - 1],
    ['fields whose accessors collide', record(lines(MANY / 2, (i) => `a${i}: bool\nA${i}: bool`)), MANY / 2],
    ['names that are none', record(lines(MANY, (i) => `/** @mmap a${i} b */\na${i}: bool`)), MANY],
    [
      'annotations of nothing',
      lines(MANY, (i) => record('a: bool /** @mmap x */').replace('Tick', `T${i}`)),
      MANY,
    ],
  ])(
    'reports %s',
    (_, source, count) => {
      expect(faultsOf(source).problems).toHaveLength(count)
    },
    TIMEOUT_MS,
  )
})

describe('refused where the parser has no stack for it', () => {
  const DEEP = 100_000

  it.each([
    ['parentheses of a type', `type A = ${'('.repeat(DEEP)}1${')'.repeat(DEEP)}`],
    ['type arguments', `type A = ${'B<'.repeat(DEEP)}1${'>'.repeat(DEEP)}`],
    ['object types', `type A = ${'{ a: '.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
    ['parentheses', `const a = ${'('.repeat(DEEP)}1${')'.repeat(DEEP)}`],
    ['arrays', `const a = ${'['.repeat(DEEP)}${']'.repeat(DEEP)}`],
    ['blocks', `${'{'.repeat(DEEP)}${'}'.repeat(DEEP)}`],
    ['patterns', `const ${'['.repeat(DEEP)}a${']'.repeat(DEEP)} = 1`],
    ['signs', `const a = ${'- '.repeat(DEEP)}1`],
    ['functions', `const a = ${'(a) => '.repeat(DEEP)}1`],
    ['templates', `const a = ${'`${'.repeat(DEEP)}1${'}`'.repeat(DEEP)}`],
  ])('%s', (_, source) => {
    const { code, problems } = faultsOf(`${record('a: bool')}${source}\n`)
    expect(code).toBe('ERR_INVALID_SCHEMA')
    expect(problems).toEqual([
      {
        line: expect.any(Number),
        column: expect.any(Number),
        message: expect.stringMatching(/^too deeply nested/),
      },
    ])
  })

  it('points at the innermost bracket', () => {
    const { line, column } = faultsOf(
      `${record('a: bool')}type A = ${'('.repeat(DEEP)}1${')'.repeat(DEEP)}\n`,
    )
    expect({ line, column }).toEqual({ line: 5, column: 'type A = '.length + DEEP })
  })

  it('what is deep and can be parsed is read', () => {
    const head = `const ${'['.repeat(200)}bool${']'.repeat(200)} = 1\n`
    expect(faultsOf(`${head}${record('a: bool')}`).message).toMatch(
      /^tick\.ts:4:4: the type bool is declared/,
    )
  })
})

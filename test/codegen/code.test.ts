/** Templates of source text. */
import { describe, expect, it } from 'vitest'
import { docComment, javascript, typescript } from '../../src/codegen/code.ts'

describe('a template', () => {
  it('has the indentation of its first line taken off every line', () => {
    const text = typescript`
      if (a) {
        b()
      }
    `
    expect(text).toBe('if (a) {\n  b()\n}')
  })

  it('indents a piece of several lines as the line that it stands in', () => {
    const text = typescript`
      {
        ${'a()\n\n  b()'}
        x = ${'[\n1]'}
      }
    `
    expect(text).toBe('{\n  a()\n\n    b()\n  x = [\n  1]\n}')
  })

  it('drops a line that has nothing but empty pieces, and keeps one that is empty', () => {
    const text = typescript`
      a()
      ${''}
      ${[]}${''}

      ${['', 'b()', '']}
    `
    expect(text).toBe('a()\n\nb()')
  })

  it('may be of one line', () => {
    expect(typescript`const ${'a'} = ${1}`).toBe('const a = 1')
    expect(typescript``).toBe('')
  })
})

describe('type syntax in angle quotes', () => {
  const signature = (code: typeof typescript) =>
    code`‹override ›get(index‹: number›)‹: ${'TickRecord'}› { return ‹(›a‹ as ${'B'})› }`

  it('is kept for TypeScript', () => {
    expect(signature(typescript)).toBe('override get(index: number): TickRecord { return (a as B) }')
  })

  it('is dropped for JavaScript', () => {
    expect(signature(javascript)).toBe('get(index) { return a }')
  })

  it('makes a line disappear that is nothing else', () => {
    const lines = (code: typeof typescript) => code`
      a()
      ‹type A = ${'1'}›
      b()
    `
    expect(lines(typescript)).toBe('a()\ntype A = 1\nb()')
    expect(lines(javascript)).toBe('a()\nb()')
  })

  it('is none of a piece, whose quotes are its own', () => {
    expect(javascript`a = ${"'‹b›'"}`).toBe("a = '‹b›'")
  })
})

describe('a doc comment', () => {
  it('is of as many lines as its paragraphs need, and none where they are empty', () => {
    expect(docComment('One.')).toBe('/** One. */')
    expect(docComment('One.', undefined, '', 'Two\nlines.')).toBe('/**\n * One.\n *\n * Two\n * lines.\n */')
    expect(docComment(undefined, '')).toBe('')
  })

  it('does not end early', () => {
    expect(docComment('a */ b')).toBe('/** a *\\/ b */')
  })
})

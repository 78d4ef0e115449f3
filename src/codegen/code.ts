/** Source text templates that read like their output. */

/** A piece of source text. Each of its lines gets the template's indentation. */
export type Piece = string | number | readonly string[]

/**
 * A template of source text, for TypeScript or JavaScript.
 * - Type syntax is in angle quotes, `index‹: number›`: kept for TypeScript, dropped for JavaScript.
 * - The indentation of the first line is removed from every line.
 * - A piece of several lines is indented like the line that it is on; a line of nothing but empty pieces is dropped.
 */
export type Code = (parts: TemplateStringsArray, ...pieces: readonly Piece[]) => string

export const typescript: Code = (parts, ...pieces) => compose(parts, pieces, true)
export const javascript: Code = (parts, ...pieces) => compose(parts, pieces, false)

/** Marks the place of an empty piece, to tell a line of nothing but empty pieces from a blank line. */
const NOTHING = '\0'

function compose(parts: TemplateStringsArray, pieces: readonly Piece[], isTyped: boolean): string {
  const [, margin] = /^\n( *)/.exec(parts[0] as string) ?? []
  let text = ''
  let isType = false
  parts.forEach((part, i) => {
    const own = margin === undefined ? part : part.replaceAll(`\n${margin}`, '\n')
    for (const token of own.split(/([‹›])/)) {
      if (token === '‹') isType = true
      else if (token === '›') isType = false
      else if (isTyped || !isType) text += token
      if (token === '‹' && !isTyped) text += NOTHING
    }
    if (i < pieces.length && (isTyped || !isType)) text += indented(pieces[i] as Piece, text)
  })
  const lines = (margin === undefined ? text : text.replace(/^\n/, '').replace(/\n *$/, '')).split('\n')
  return lines
    .filter((line) => !/^ *\0[ \0]*$/.test(line))
    .join('\n')
    .replaceAll(NOTHING, '')
}

/** A piece, indented for the line that `before` ends with. */
function indented(piece: Piece, before: string): string {
  const text = typeof piece !== 'object' ? String(piece) : piece.filter((each) => each !== '').join('\n')
  if (text === '') return NOTHING
  const indent = /(?:^|\n)( *)[^\n]*$/.exec(before)?.[1] ?? ''
  return text.replace(/\n(?!\n|$)/g, `\n${indent}`)
}

const STATEMENTS_A_ROW = 6

/** Short statements of one kind, several on a line. */
export function inRows(statements: readonly string[]): string[] {
  const rowAt = (i: number) => statements.slice(i, i + STATEMENTS_A_ROW).join('; ')
  return statements.flatMap((_, i) => (i % STATEMENTS_A_ROW === 0 ? [rowAt(i)] : []))
}

/** A doc comment of several paragraphs; empty if all of them are. */
export function docComment(...paragraphs: readonly (string | undefined)[]): string {
  const text = paragraphs.filter((paragraph) => paragraph !== undefined && paragraph !== '').join('\n\n')
  if (text === '') return ''
  // The text comes from a comment, or from a schema made at run time: it must not close the new comment.
  const lines = text.replaceAll('*/', '*\\/').split('\n')
  if (lines.length === 1) return `/** ${lines[0]} */`
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n')
}

/** Small tools for writing source text line by line. */

/** Greatest line length of generated code. */
const LINE_WIDTH = 110

export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line === '' ? '' : `  ${line}`))
}

/** A doc comment of several paragraphs; none where all are empty. */
export function docComment(paragraphs: readonly (string | undefined)[]): string[] {
  const text = paragraphs.filter((paragraph) => paragraph !== undefined && paragraph !== '').join('\n\n')
  if (text === '') return []
  // The text comes from a comment, or from a schema made at run time: it must not end the new one.
  const lines = text.replaceAll('*/', '*\\/').split('\n')
  if (lines.length === 1) return [`/** ${lines[0]} */`]
  return ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */']
}

/** A list on one line where it fits, else an item a line: the way the formatter breaks a condition. */
export function fold(open: string, items: readonly string[], separator: string, close: string): string[] {
  const line = open + items.join(separator) + close
  if (line.length <= LINE_WIDTH) return [line]
  const operator = separator.trimEnd()
  return [open, ...items.map((item, i) => `  ${item}${i < items.length - 1 ? operator : ''}`), close]
}

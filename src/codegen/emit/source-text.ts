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

/** Columns that a statement in a method of a class is indented by. */
export const STATEMENT_COLUMNS = 4
/** The same within the loop of a read. */
export const READ_COLUMNS = STATEMENT_COLUMNS + 2

/** A condition broken at its operator where it does not fit on one line, the way the formatter breaks it. */
export function block(conditions: readonly string[], operator: string, body: readonly string[]): string[] {
  const line = `if (${conditions.join(` ${operator} `)}) {`
  const head =
    fits(line) && !line.includes('\n') ? [line] : ['if (', ...operands(conditions, operator), ') {']
  return [...head, ...indent(body), '}']
}

/** `if (…) action` on as few lines as fit. */
export function guard(
  conditions: readonly string[],
  operator: string,
  action: string,
  columns = STATEMENT_COLUMNS,
): string[] {
  const condition = `if (${conditions.join(` ${operator} `)})`
  if (fits(`${condition} ${action}`, columns)) return [`${condition} ${action}`]
  if (fits(condition, columns)) return [condition, `  ${action}`]
  return ['if (', ...operands(conditions, operator), ')', `  ${action}`]
}

/** An arrow function at the outermost level, its expression on a line of its own where it does not fit. */
export function arrow(head: string, expression: string): string[] {
  const line = `${head} ${expression}`
  return line.length <= LINE_WIDTH ? [line] : [head, `  ${expression}`]
}

/** Columns that a method of a class is indented by. */
const METHOD_COLUMNS = 2

/** The opening line of a method, its parameters on lines of their own where they do not fit. */
export function signature(name: string, parameters: readonly string[], result: string): string[] {
  const line = `${name}(${parameters.join(', ')})${result} {`
  if (fits(line, METHOD_COLUMNS)) return [line]
  return [`${name}(`, ...indent(parameters.map((parameter) => `${parameter},`)), `)${result} {`]
}

/** A declaration, its expression on a line of its own where it does not fit. */
export function declaration(line: string): string[] {
  if (fits(line)) return [line]
  const equals = line.indexOf(' = ') + 2
  return [line.slice(0, equals), `  ${line.slice(equals + 1)}`]
}

function fits(line: string, columns = STATEMENT_COLUMNS): boolean {
  return line.length <= LINE_WIDTH - columns
}

/** Conditions in parentheses, as one operand of another condition; broken at their operator where they do not fit. */
export function group(conditions: readonly string[], operator: string): string {
  if (conditions.length === 1) return conditions.join()
  const line = `(${conditions.join(` ${operator} `)})`
  return fits(`  ${line} ${operator}`) ? line : `(${conditions.join(` ${operator}\n  `)})`
}

function operands(conditions: readonly string[], operator: string): string[] {
  return conditions.flatMap((condition, i) => {
    const suffix = i < conditions.length - 1 ? ` ${operator}` : ''
    return indent(`${condition}${suffix}`.split('\n'))
  })
}

/** What a doc comment says: the annotations of mmapforge, and the documentation around them. */
import { LINE_END } from './report.ts'

/** An annotation, possibly misspelt, and the rest of its line. */
export interface AnnotationTag {
  readonly name: string
  readonly words: readonly string[]
  /** Offset of the tag in the source. */
  readonly offset: number
  /** Whether it is the first word of its line, rather than part of a sentence. */
  readonly startsLine: boolean
}

export interface AnnotationComment {
  readonly tags: readonly AnnotationTag[]
  /** The text without comment marks and without annotations; empty where there is none. */
  readonly doc: string
}

/** Catches misspelt tags too, but only at the start of a line: in a sentence `@mmapper` is an ordinary word. */
const TAG_AT_START = /^\s*(@mmap\S*)/i
const TAG_IN_SENTENCE = /(?<=\s)(@mmap(?:forge)?)(?=\s|$)/i
const OPENING_MARK = /^\*+[ \t]?/
const LINE_MARK = /^\s*(\*[ \t]?)?/

export function isDocComment({ type, value }: { type: string; value: string }): boolean {
  return type === 'CommentBlock' && value.startsWith('*')
}

/**
 * Reads a doc comment.
 *
 * @param text of a block comment without its delimiters `/*` and `*\/`, so its first character is a star
 * @param offset of `text` in the source
 */
export function readDocComment(text: string, offset: number): AnnotationComment {
  const tags: AnnotationTag[] = []
  const doc: string[] = []
  let mark = OPENING_MARK
  for (const { line, start } of linesOf(withoutStarsAtEnd(text))) {
    const body = line.slice(mark.exec(line)?.[0].length ?? 0)
    mark = LINE_MARK
    const bodyOffset = offset + start + line.length - body.length
    const tag = readTag(body, bodyOffset)
    if (tag !== undefined) tags.push(tag)
    const prose = (tag === undefined ? body : body.slice(0, tag.offset - bodyOffset)).trimEnd()
    if (tag === undefined || prose !== '') doc.push(prose)
  }
  return { tags, doc: withoutEmptyEnds(doc).join('\n') }
}

// Neither function uses a regular expression: one that ends with $ takes quadratic time on a long run of stars or lines.
function withoutStarsAtEnd(text: string): string {
  let end = text.length
  while (text[end - 1] === '*') end--
  return text.slice(0, end)
}

function withoutEmptyEnds(lines: readonly string[]): readonly string[] {
  const isFull = (line: string): boolean => line !== ''
  return lines.slice(Math.max(lines.findIndex(isFull), 0), lines.findLastIndex(isFull) + 1)
}

/** The tag in a line of text; undefined where there is none. */
export function readTag(line: string, offset: number): AnnotationTag | undefined {
  const atStart = TAG_AT_START.exec(line)
  const match = atStart ?? TAG_IN_SENTENCE.exec(line)
  if (match === null) return undefined
  const name = match[1] as string
  const end = match.index + match[0].length
  const rest = line.slice(end).trim()
  return {
    name,
    words: rest === '' ? [] : rest.split(/\s+/),
    offset: offset + end - name.length,
    startsLine: atStart !== null,
  }
}

function linesOf(text: string): { line: string; start: number }[] {
  const lines: { line: string; start: number }[] = []
  let start = 0
  for (const end of text.matchAll(LINE_END)) {
    lines.push({ line: text.slice(start, end.index), start })
    start = end.index + end[0].length
  }
  return [...lines, { line: text.slice(start), start }]
}

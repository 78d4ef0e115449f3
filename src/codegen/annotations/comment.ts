/** What a doc comment says: the annotations of mmapforge, and the documentation around them. */
import { LINE_END } from './report.ts'

/** An annotation, perhaps misspelt, and what follows it on its line. */
export interface AnnotationTag {
  readonly name: string
  readonly words: readonly string[]
  /** Where the tag stands in the source. */
  readonly offset: number
  /** Whether it is the first word of its line, and so no part of a sentence. */
  readonly startsLine: boolean
}

export interface AnnotationComment {
  readonly tags: readonly AnnotationTag[]
  /** The text without comment marks and without annotations; empty where there is none. */
  readonly doc: string
}

/** Misspelt ones are caught where a tag belongs, at the start of a line; in a sentence `@mmapper` is a word like any. */
const TAG = /(?<=^\s*)@mmap\S*|(?<=\s)@mmap(?:forge)?(?=\s|$)/i
const OPENING_MARK = /^\*+[ \t]?/
const LINE_MARK = /^\s*(\*[ \t]?)?/

export function isDocComment({ type, value }: { type: string; value: string }): boolean {
  return type === 'CommentBlock' && value.startsWith('*')
}

/**
 * Reads a doc comment.
 *
 * @param text what stands between the slashes and stars that delimit a block comment, so its first character is a star
 * @param offset where `text` stands in the source
 */
export function readDocComment(text: string, offset: number): AnnotationComment {
  const tags: AnnotationTag[] = []
  const doc: string[] = []
  let mark = OPENING_MARK
  for (const { line, start } of linesOf(text.replace(/\*+$/, ''))) {
    const body = line.slice(mark.exec(line)?.[0].length ?? 0)
    mark = LINE_MARK
    const tag = readTag(body, offset + start + line.length - body.length)
    if (tag !== undefined) tags.push(tag)
    const prose = (tag === undefined ? body : body.slice(0, body.search(TAG))).trimEnd()
    if (tag === undefined || prose !== '') doc.push(prose)
  }
  return { tags, doc: doc.join('\n').replace(/^\n+|\n+$/g, '') }
}

/** The tag in a line of text; undefined where there is none. */
export function readTag(line: string, offset: number): AnnotationTag | undefined {
  const match = TAG.exec(line)
  if (match === null) return undefined
  const rest = line.slice(match.index + match[0].length).trim()
  return {
    name: match[0],
    words: rest === '' ? [] : rest.split(/\s+/),
    offset: offset + match.index,
    startsLine: line.slice(0, match.index).trim() === '',
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

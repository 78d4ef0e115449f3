/** Which comment belongs to which declaration, and which annotations belong to none. */
import {
  type AnnotationComment,
  type AnnotationTag,
  isDocComment,
  readDocComment,
  readTag,
} from './comment.ts'
import type { AnnotationReport } from './report.ts'
import { type CommentNode, endOf, type SyntaxTree, startOf } from './syntax.ts'

const NO_COMMENT: AnnotationComment = { tags: [], doc: '' }
/** Slash and star, or two slashes: what stands before a comment's text. */
const COMMENT_MARK_LENGTH = 2

interface Commented {
  readonly start?: number | null | undefined
  readonly end?: number | null | undefined
  readonly leadingComments?: readonly CommentNode[] | null | undefined
}

export class AnnotationComments {
  readonly #tree: SyntaxTree
  readonly #report: AnnotationReport
  readonly #claimed = new Set<number>()

  constructor(tree: SyntaxTree, report: AnnotationReport) {
    this.#tree = tree
    this.#report = report
  }

  /**
   * The doc comment of a declaration: the last one before it that has the tag, or else the last one.
   *
   * @param nodes the declaration, and the export statement around it where there is one
   * @param previous what stands before it: a comment behind that on the same line is about that
   */
  claim(tagName: string, nodes: readonly Commented[], previous: Commented | undefined): AnnotationComment {
    const candidates = nodes
      .flatMap((node) => (node.leadingComments ?? []).map((comment) => ({ comment, node })))
      .filter(({ comment, node }) => isDocComment(comment) && !this.#isBehind(previous, comment, node))
      .map(({ comment }) => ({ comment, text: readDocComment(comment.value, textOffset(comment)) }))
    const own =
      candidates.findLast(({ text }) => text.tags.some(({ name }) => name === tagName)) ?? candidates.at(-1)
    if (own === undefined) return NO_COMMENT
    this.#claimed.add(startOf(own.comment))
    return own.text
  }

  /** Annotations that no declaration has claimed: each would be lost without a word. */
  unclaimedTags(): AnnotationTag[] {
    return (this.#tree.comments ?? [])
      .filter((comment) => !this.#claimed.has(startOf(comment)))
      .flatMap((comment) =>
        isDocComment(comment)
          ? readDocComment(comment.value, textOffset(comment)).tags
          : (readTag(comment.value.split('\n', 1)[0] ?? '', textOffset(comment)) ?? []),
      )
      .filter(({ startsLine }) => startsLine)
  }

  #isBehind(previous: Commented | undefined, comment: CommentNode, node: Commented): boolean {
    if (previous === undefined) return false
    const line = this.#report.lineAt(startOf(comment))
    return line === this.#report.lineAt(endOf(previous)) && line !== this.#report.lineAt(startOf(node))
  }
}

function textOffset(comment: CommentNode): number {
  return startOf(comment) + COMMENT_MARK_LENGTH
}

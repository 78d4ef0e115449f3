/** Assigns comments to declarations, and finds annotations that belong to no declaration. */
import {
  type AnnotationComment,
  type AnnotationTag,
  isDocComment,
  readDocComment,
  readTag,
} from './comment.ts'
import { type AnnotationReport, countUpTo } from './report.ts'
import { type CommentNode, endOf, type SyntaxTree, startOf } from './syntax.ts'

const NO_COMMENT: AnnotationComment = { tags: [], doc: '' }
/** Length of the comment marks before the text: a slash and a star, or two slashes. */
const COMMENT_MARK_LENGTH = 2

interface Placed {
  readonly start?: number | null | undefined
  readonly end?: number | null | undefined
}

/** What precedes a declaration: its neighbour, if any, and where its comments may begin. */
export interface Before {
  readonly previous: Placed | undefined
  readonly offset: number
}

export class AnnotationComments {
  readonly #comments: readonly CommentNode[]
  readonly #starts: readonly number[]
  readonly #report: AnnotationReport
  readonly #claimed = new Set<number>()

  constructor(tree: SyntaxTree, report: AnnotationReport) {
    this.#comments = tree.comments ?? []
    this.#starts = this.#comments.map(startOf)
    this.#report = report
  }

  /**
   * The doc comment of a declaration: the last one before it that has the tag, or else the last one.
   *
   * @param nodes the declaration, after the export statement around it where there is one
   * @param before a comment after the neighbour, on the same line, belongs to the neighbour
   */
  claim(tagName: string, nodes: readonly Placed[], { previous, offset }: Before): AnnotationComment {
    const candidates = nodes
      .flatMap((node, i) =>
        this.#between(i === 0 ? offset : startOf(nodes[i - 1] as Placed), startOf(node)).map((comment) => ({
          comment,
          node,
        })),
      )
      .filter(({ comment, node }) => isDocComment(comment) && !this.#isBehind(previous, comment, node))
      .map(({ comment }) => ({ comment, text: readDocComment(comment.value, textOffset(comment)) }))
    const own =
      candidates.findLast(({ text }) => text.tags.some(({ name }) => name === tagName)) ?? candidates.at(-1)
    if (own === undefined) return NO_COMMENT
    this.#claimed.add(startOf(own.comment))
    return own.text
  }

  /** Annotations that no declaration has claimed; without this they would be ignored silently. */
  unclaimedTags(): AnnotationTag[] {
    return this.#comments
      .filter((comment) => !this.#claimed.has(startOf(comment)))
      .flatMap((comment) =>
        isDocComment(comment)
          ? readDocComment(comment.value, textOffset(comment)).tags
          : (readTag(comment.value.split('\n', 1)[0] ?? '', textOffset(comment)) ?? []),
      )
      .filter(({ startsLine }) => startsLine)
  }

  /** The comments between two offsets. */
  #between(from: number, to: number): readonly CommentNode[] {
    return this.#comments.slice(countUpTo(this.#starts, from - 1), countUpTo(this.#starts, to))
  }

  #isBehind(previous: Placed | undefined, comment: CommentNode, node: Placed): boolean {
    if (previous === undefined) return false
    const line = this.#report.lineAt(startOf(comment))
    return line === this.#report.lineAt(endOf(previous)) && line !== this.#report.lineAt(startOf(node))
  }
}

function textOffset(comment: CommentNode): number {
  return startOf(comment) + COMMENT_MARK_LENGTH
}

/** The faults of an annotated file, each with the position in the source where it can be fixed. */
import { MmapForgeError } from '../../errors.ts'

/** One fault; line and column count from 1, columns in UTF-16 code units as editors count them. */
export interface AnnotationProblem {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** An annotated file that can't be made into stores. The message has a line for each fault, in the file's order. */
export class AnnotationError extends MmapForgeError {
  /** The file name that the parser was given. */
  readonly file: string
  /** Position of the first fault. */
  readonly line: number
  readonly column: number
  /** Every fault found, the first included. */
  readonly problems: readonly AnnotationProblem[]

  constructor(file: string, problems: readonly [AnnotationProblem, ...AnnotationProblem[]]) {
    super(
      'ERR_INVALID_SCHEMA',
      problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
    )
    this.name = 'AnnotationError'
    this.file = file
    this.line = problems[0].line
    this.column = problems[0].column
    this.problems = problems
  }
}

/** Collects the faults of one file, so that a user sees all of them at once instead of one a run. */
import { AnnotationError, type AnnotationProblem } from './error.ts'

/** What ends a line for TypeScript; CRLF is one end. */
export const LINE_END = /\r\n|[\n\r\u2028\u2029]/g

/** How many of ascending numbers are not above a limit, found by bisection: it is asked for each comment of a file. */
export function countUpTo(ascending: readonly number[], limit: number): number {
  let [low, high] = [0, ascending.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) > limit) high = middle
    else low = middle + 1
  }
  return low
}

export class AnnotationReport {
  readonly #file: string
  readonly #lineStarts: readonly number[]
  readonly #faults: { readonly offset: number; readonly message: string }[] = []

  constructor(source: string, file: string) {
    this.#file = file
    this.#lineStarts = [0, ...Array.from(source.matchAll(LINE_END), (end) => end.index + end[0].length)]
  }

  get isEmpty(): boolean {
    return this.#faults.length === 0
  }

  /** Notes a fault at an offset into the source; faults may come in any order. */
  add(offset: number, message: string): void {
    this.#faults.push({ offset, message })
  }

  /** The line an offset stands on, from 1. */
  lineAt(offset: number): number {
    return countUpTo(this.#lineStarts, offset)
  }

  /** @throws {AnnotationError} where a fault was noted. */
  throwIfAny(): void {
    const [first, ...rest] = this.#faults
      .toSorted((a, b) => a.offset - b.offset)
      .map((fault) => this.#locate(fault))
    if (first !== undefined) throw new AnnotationError(this.#file, [first, ...rest])
  }

  #locate({ offset, message }: { offset: number; message: string }): AnnotationProblem {
    const line = this.lineAt(offset)
    return { line, column: offset - (this.#lineStarts[line - 1] ?? 0) + 1, message }
  }
}

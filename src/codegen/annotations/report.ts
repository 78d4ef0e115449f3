/** Collects the faults of one file, so that users see all of them in one run. */
import { AnnotationError, type AnnotationProblem } from './error.ts'

/** A line terminator in TypeScript; CRLF counts as one. */
export const LINE_END = /\r\n|[\n\r\u2028\u2029]/g

/** Counts the numbers of an ascending list up to a limit, by binary search: it is called for each comment of a file. */
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

  /** Records a fault at an offset in the source; faults may be added in any order. */
  add(offset: number, message: string): void {
    this.#faults.push({ offset, message })
  }

  /** The line of an offset, from 1. */
  lineAt(offset: number): number {
    return countUpTo(this.#lineStarts, offset)
  }

  /** @throws {AnnotationError} if any fault was added */
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

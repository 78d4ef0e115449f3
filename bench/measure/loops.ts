/**
 * The loops that are measured. Each is compiled from text of its own: a function shared between subjects would gather
 * the types of all of them, and be slow for each.
 */
import type { Batch } from './measure.ts'

export interface Loop {
  /** Statements on `subject` (an array of one or more stores, or twins), `index` and `value`; `sum` gathers. */
  readonly body: string
  /** One value for each index. */
  readonly values?: ArrayLike<unknown>
}

/**
 * Indices in an order that the compiler can't foresee: over a plain loop variable it would drop the bounds check of the
 * bare loop and hoist its loads, which no lookup by a computed index can have.
 */
function shuffled(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  let state = 1
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    const other = state % (i + 1)
    ;[order[i], order[other]] = [order[other] as number, order[i] as number]
  }
  return order
}

/** A batch that runs `body` once for each index, on each subject in turn. */
export function loopOver(subjects: readonly unknown[], count: number, { body, values = [] }: Loop): Batch {
  const names = subjects.map((_, i) => `s${i}`)
  const order = shuffled(count)
  const statements = names.map((name) => body.replaceAll('subject', name)).join('\n')
  const run = new Function(
    ...names,
    'values',
    'order',
    `return function run() {
      let sum = 0
      for (let i = 0; i < ${count}; i++) {
        const index = order[i]
        const value = values[i]
        ${statements}
      }
      return sum
    }`,
  )(...subjects, values, order) as () => unknown
  return { operations: count * subjects.length, run }
}

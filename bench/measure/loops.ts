/** The loops that are measured: one for each subject, of the same statements. */
import { fresh } from './fresh-function.ts'
import type { Subject } from './sample.ts'

export interface Loop {
  /** Statements on `subject` (each of the stores, or twins, in turn) and `index`, and `value` where there are values; `sum` gathers. */
  readonly body: string
  /** One value for each turn of the loop. */
  readonly values?: ArrayLike<unknown>
  /** Names that the body uses beside these. */
  readonly locals?: Readonly<Record<string, unknown>>
  readonly order?: ArrayLike<number>
}

/**
 * Indices in an order that the compiler can't foresee: over a plain loop variable it would drop the bounds check of the
 * bare loop and hoist its loads, which no lookup by a computed index can have.
 */
export function shuffled(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  let state = 1
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    const other = state % (i + 1)
    ;[order[i], order[other]] = [order[other] as number, order[i] as number]
  }
  return order
}

/**
 * Uses a number without adding it up: a sum makes each turn wait for the one before, and where the compiler keeps it in
 * memory rather than in a register, which is a matter of luck, that wait is all that shows.
 */
export function looked(expression: string): string {
  return `if (${expression} === -1.25) sum++`
}

/** A subject that runs the body once for each index, on each of the stores in turn. */
export function loopOver(name: string, stores: readonly unknown[], count: number, loop: Loop): Subject {
  const { body, values, locals = {}, order = shuffled(count) } = loop
  const names = stores.map((_, i) => `s${i}`)
  const statements = names
    .map((store, of) => `{ const of = ${of}; ${body.replaceAll('subject', store)} }`)
    .join('\n')
  const scope = { ...Object.fromEntries(names.map((each, i) => [each, stores[i]])), ...locals, values, order }
  const run = fresh<() => unknown>(
    scope,
    `return function run() {
      let sum = 0
      for (let i = 0; i < ${count}; i++) {
        const index = order[i]
        ${values === undefined ? '' : 'const value = values[i]'}
        ${statements}
      }
      return sum
    }`,
  )
  return { name, operations: count * stores.length, run }
}

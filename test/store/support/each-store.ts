/** Runs a suite against every way of making a store class, in files and in memory. */
import { describe } from 'vitest'
import { type CoreContext, contextOf } from './context.ts'
import { IMPLEMENTATIONS } from './implementations.ts'

export function describeEachStore(title: string, suite: (context: CoreContext) => void): void {
  for (const [name, make] of Object.entries(IMPLEMENTATIONS)) {
    for (const path of ['file', ':memory:'] as const) {
      describe(`${title}: ${name}, ${path}`, () => suite(contextOf({ name, path, make })))
    }
  }
}

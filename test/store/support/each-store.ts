/** Runs a suite against every way of making a store class, in files and in memory. */
import { describe } from 'vitest'
import { closureStore } from '../../../src/codegen/closures/store.ts'
import { emittedStore } from '../../../src/codegen/compile.ts'
import { defineRecord } from '../../../src/schema/definition.ts'
import type { Schema } from '../../../src/schema/schema.ts'
import * as generated from '../../fixtures/annotated.store.ts'
import type { AnyStoreClass } from '../../support/any-store.ts'
import { type CoreContext, contextOf } from './context.ts'

/** Each makes a store class of a schema of the annotated fixture. */
export const IMPLEMENTATIONS: Readonly<Record<string, (schema: Schema) => AnyStoreClass>> = {
  generated: ({ name }) =>
    (generated as unknown as Record<string, AnyStoreClass>)[`${name}Store`] as AnyStoreClass,
  compiled: (schema) => emittedStore(defineRecord(schema)),
  closures: (schema) => closureStore(defineRecord(schema)),
}

export function describeEachStore(title: string, suite: (context: CoreContext) => void): void {
  for (const [name, make] of Object.entries(IMPLEMENTATIONS)) {
    for (const path of ['file', ':memory:'] as const) {
      describe(`${title}: ${name}, ${path}`, () => suite(contextOf({ name, path, make })))
    }
  }
}

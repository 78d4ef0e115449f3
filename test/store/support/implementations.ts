/** The ways to make a store class: generated code, code compiled at run time, and closures. */
import { closureStore } from '../../../src/codegen/closures/store.ts'
import { emittedStore } from '../../../src/codegen/compile.ts'
import type { UntypedStoreClass } from '../../../src/codegen/untyped-store.ts'
import { defineRecord } from '../../../src/schema/definition.ts'
import type { Schema } from '../../../src/schema/schema.ts'
import * as generated from '../../fixtures/annotated.store.ts'
import type { CoreCase } from './context.ts'

function generatedStore({ name }: Schema): UntypedStoreClass {
  return (generated as unknown as Record<string, UntypedStoreClass>)[`${name}Store`] as UntypedStoreClass
}

export const IMPLEMENTATIONS: Readonly<Record<string, CoreCase['make']>> = {
  generated: generatedStore,
  compiled: (schema) => emittedStore(defineRecord(schema)),
  closures: (schema) => closureStore(defineRecord(schema)),
}

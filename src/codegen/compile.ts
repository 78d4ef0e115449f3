/** Makes a store class at run time: compiled if code generation from strings is allowed, or else from closures. */

import * as runtime from '../runtime.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import { canMakeCode } from './can-make-code.ts'
import { closureStore } from './closures/store.ts'
import { emitFunctionBody } from './emit/module.ts'
import type { UntypedStoreClass } from './untyped-store.ts'

export function compileStore(definition: StoreDefinition): UntypedStoreClass {
  return canMakeCode() ? emittedStore(definition) : closureStore(definition)
}

/**
 * Compiles the emitter's JavaScript.
 *
 * @param from the module that the code imports from; tests pass another seqlock
 */
export function emittedStore(definition: StoreDefinition, from: object = runtime): UntypedStoreClass {
  // The text is generated from a checked schema, whose names are identifiers: nothing of the caller's is in it verbatim.
  const make = new Function('runtime', 'definition', emitFunctionBody(definition.schema))
  return make(from, definition) as UntypedStoreClass
}

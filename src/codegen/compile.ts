/** Makes a store class at run time: by the emitter where code may be made from strings, by closures where not. */

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
 * @param from what the code takes from the runtime; tests put another seqlock in
 */
export function emittedStore(definition: StoreDefinition, from: object = runtime): UntypedStoreClass {
  // The text is made from a checked schema, whose names are identifiers: nothing in it comes from a caller verbatim.
  const make = new Function('runtime', 'definition', emitFunctionBody(definition.schema))
  return make(from, definition) as UntypedStoreClass
}

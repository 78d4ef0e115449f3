/** What can be put to the torture: the store as users get it, the seqlock's strategies, and the mutants. */
import { defineStore } from 'mmapforge'
import { closureStore } from '../../src/codegen/closures/store.ts'
import { emittedStore } from '../../src/codegen/compile.ts'
import type { Fields } from '../../src/codegen/define-store.ts'
import { atomicSeqlock, fencedSeqlock } from '../../src/protocol/seqlock.ts'
import { defineRecord, type StoreDefinition } from '../../src/schema/definition.ts'
import { schemaFromFields } from '../../src/schema/schema.ts'
import { type Runtime, runtimeOf } from './injected-runtime.ts'
import { mutantRuntimes } from './mutants.ts'
import { type EveryStore, everyFields, type LanesStore, lanesFields } from './records.ts'

/** What the torture needs of a store class. */
export interface Opener<S> {
  create(path: string, options: object): S
  open(path: string, options: object): S
}

export interface Variant {
  readonly every: Opener<EveryStore>
  readonly lanes: Opener<LanesStore>
}

const VARIANTS: Readonly<Record<string, () => Variant>> = {
  /** By the public interface, with the strategy of this architecture. */
  default: () => ({
    every: defineStore('Every', { version: 1 }, everyFields),
    lanes: defineStore('Lanes', { version: 1 }, lanesFields),
  }),
  fenced: () => emitted(runtimeOf(fencedSeqlock)),
  atomic: () => emitted(runtimeOf(atomicSeqlock)),
  /** As where code may not be made from strings. */
  closures: () => compiledBy(closureStore),
  ...Object.fromEntries(
    Object.entries(mutantRuntimes).map(([name, mutant]) => [name, () => emitted(mutant())]),
  ),
}

export const VARIANT_NAMES = Object.keys(VARIANTS)
export const MUTANT_NAMES = Object.keys(mutantRuntimes)

export function variantNamed(name: string): Variant {
  const make = VARIANTS[name]
  if (make === undefined) throw new Error(`there is no variant "${name}": ${VARIANT_NAMES.join(', ')}`)
  return make()
}

function emitted(runtime: Runtime): Variant {
  return compiledBy((definition) => emittedStore(definition, runtime))
}

function compiledBy(compile: (definition: StoreDefinition) => unknown): Variant {
  const storeOf = (name: string, fields: Fields): unknown =>
    compile(defineRecord(schemaFromFields(name, 1, fields)))
  return {
    every: storeOf('Every', everyFields) as Opener<EveryStore>,
    lanes: storeOf('Lanes', lanesFields) as Opener<LanesStore>,
  }
}

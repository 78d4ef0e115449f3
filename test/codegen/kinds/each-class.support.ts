/** The two ways to make a class at run time, for tests of what both must do. */
import { describe, onTestFinished } from 'vitest'
import { closureStore } from '../../../src/codegen/closures/store.ts'
import { emittedStore } from '../../../src/codegen/compile.ts'
import { defineStore, type Fields, type StoreOf } from '../../../src/codegen/define-store.ts'
import type { StoreOptions } from '../../../src/store/options.ts'
import type { RecordStore } from '../../../src/store/record-store.ts'
import { tempPath } from '../../support/temp.ts'

export interface EachClass<F extends Fields> {
  /** A new store, closed after the test. */
  create(options?: StoreOptions): StoreOf<F>
  /** A class that reads the same files. */
  readonly Store: Pick<typeof RecordStore, 'create' | 'open' | 'openOrCreate'> & {
    new (opened: never): StoreOf<F>
  }
}

/** Describes a class of each make, writing for one and for many. */
export function describeEach<const F extends Fields>(
  name: string,
  fields: F,
  suite: (each: EachClass<F>, options: StoreOptions) => void,
): void {
  const { definition } = defineStore('Any', { version: 1 }, fields)
  const makes = { emitted: emittedStore, closures: closureStore }
  for (const [make, classOf] of Object.entries(makes)) {
    for (const writers of ['one', 'many'] as const) {
      describe(`${name}, ${make}, ${writers} writer`, () => {
        const Store = classOf(definition) as unknown as EachClass<F>['Store']
        const create = (options?: StoreOptions): StoreOf<F> => {
          const store = (
            Store as unknown as { create(path: string, options: StoreOptions): StoreOf<F> }
          ).create(tempPath(), { writers, reserve: 2 ** 20, ...options })
          onTestFinished(() => store.close())
          return store
        }
        suite({ create, Store }, { writers })
      })
    }
  }
}

/** Steps that read and write at once, for every kind of store class, alone and among many writers. */
import { describe } from 'vitest'
import { type CoreCase, contextOf } from '../support/context.ts'
import { IMPLEMENTATIONS } from '../support/implementations.ts'
import { describeAdd } from './add.suite.ts'
import { describeCompareAndSet } from './compare-and-set.suite.ts'
import { describeModify } from './modify.suite.ts'

const STORES: Readonly<Record<string, Pick<CoreCase, 'path' | 'options'>>> = {
  'one writer': { path: 'file' },
  'one writer without a journal': { path: 'file', options: { journal: false } },
  'many writers': { path: 'file', options: { writers: 'many' } },
  memory: { path: ':memory:' },
}

for (const [name, make] of Object.entries(IMPLEMENTATIONS)) {
  for (const [kind, store] of Object.entries(STORES)) {
    // What these differ in is the base class's business, which all of them share.
    if (name !== 'generated' && kind !== 'one writer' && kind !== 'many writers') continue
    describe(`${name}, ${kind}`, () => {
      const context = contextOf({ name, make, ...store })
      describe('add', () => describeAdd(context))
      describe('compareAndSet', () => describeCompareAndSet(context))
      describe('modify', () => describeModify(context))
    })
  }
}

/** What every store class must do, however it was made: run against each implementation, on file and heap. */
import { describe } from 'vitest'
import { type CoreCase, contextOf } from '../support/context.ts'
import { describeFields } from './fields.suite.ts'
import { describeHostile } from './hostile.suite.ts'
import { describeHostileBytes } from './hostile-bytes.suite.ts'
import { describeLifecycle } from './lifecycle.suite.ts'
import { describeRanges } from './ranges.suite.ts'
import { describeRefusals } from './refusals.suite.ts'
import { describeStackOverflow } from './stack.suite.ts'
import { describeStored } from './stored.suite.ts'

export function describeCore(core: CoreCase): void {
  describe(`${core.name}, ${core.path}`, () => {
    const context = contextOf(core)
    describe('fields', () => describeFields(context))
    describe('refusals', () => describeRefusals(context))
    describe('ranges and views', () => describeRanges(context))
    describe('lifecycle', () => describeLifecycle(context))
    describe('stored bytes', () => describeStored(context))
    describe('hostile callers', () => describeHostile(context))
    describe('hostile bytes', () => describeHostileBytes(context))
    describe('an exhausted stack', () => describeStackOverflow(context))
  })
}

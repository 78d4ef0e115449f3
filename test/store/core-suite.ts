/** What every store class must do, however it was made: run against each implementation, on file and heap. */
import { describe } from 'vitest'
import { type CoreCase, contextOf } from './core-context.ts'
import { describeFields } from './core-fields.ts'
import { describeHostile } from './core-hostile.ts'
import { describeHostileBytes } from './core-hostile-bytes.ts'
import { describeLifecycle } from './core-lifecycle.ts'
import { describeRanges } from './core-ranges.ts'
import { describeRefusals } from './core-refusals.ts'
import { describeStackOverflow } from './core-stack.ts'
import { describeStored } from './core-stored.ts'

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

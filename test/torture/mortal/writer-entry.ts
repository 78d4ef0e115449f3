/** Entry point of a writer that is started rather than forked. */
import { Ledger } from './ledger.ts'
import { Life } from './life.ts'
import { mutate } from './mutants.ts'
import type { LifeSpec } from './spec.ts'

const spec = JSON.parse(process.argv.at(-1) ?? '') as LifeSpec
mutate(spec.variant)
new Life(spec, new Ledger(spec.directory)).live()

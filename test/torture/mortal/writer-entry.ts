/** Entry point of a writer that is started rather than forked, as a process or as a worker thread. */
import { isMainThread, workerData } from 'node:worker_threads'
import { Ledger } from './ledger.ts'
import { Life } from './life.ts'
import { mutate } from './mutants.ts'
import type { LifeSpec } from './spec.ts'

const spec = (isMainThread ? JSON.parse(process.argv.at(-1) ?? '') : workerData) as LifeSpec
mutate(spec.variant)
const parent = process.ppid
new Life(spec, new Ledger(spec.directory)).live(() => process.ppid === parent)

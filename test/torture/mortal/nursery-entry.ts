/** Entry point of a nursery. */
import { Nursery } from './nursery.ts'
import { inWords, type NurserySpec, reportViolation } from './spec.ts'

const spec = JSON.parse(process.argv.at(-1) ?? '') as NurserySpec
try {
  await new Nursery(spec).run()
} catch (error) {
  const evidence = inWords(error)
  reportViolation(spec.directory, { kind: 'error', by: 'nursery', operation: 'its run', round: 0, evidence })
  process.exitCode = 1
}
process.exit()

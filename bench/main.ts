/** `npm run bench`: what operations cost, beside the limit and beside other libraries. */
import { parseArgs } from 'node:util'
import { FULL, QUICK } from './measure/sample.ts'
import { dieAsWriter } from './operations/openings.ts'
import { writeReport } from './report/write.ts'
import { driveBenchmark } from './run/driver.ts'
import { runPart } from './run/run-part.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    dir: { type: 'string' },
    runtimes: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
    large: { type: 'boolean', default: false },
    part: { type: 'string' },
    json: { type: 'string' },
    report: { type: 'boolean', default: false },
    die: { type: 'string' },
  },
})

if (values.die !== undefined) dieAsWriter(values.die)
else if (values.part !== undefined) {
  await runPart(values.part, { effort: values.quick ? QUICK : FULL, ...values })
} else if (values.report) writeReport()
else driveBenchmark(values)

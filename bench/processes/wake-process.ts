/**
 * `node build/bench/processes/wake-process.js`: the benchmark of waiting by itself, between any two runtimes: `--writer PATH`,
 * `--waiter PATH`. With `--task` it is one of the two.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { participate, type Task } from './wake-participant.ts'
import { measureWaits } from './wakes.ts'

const { values } = parseArgs({
  options: {
    task: { type: 'string' },
    wakes: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    writer: { type: 'string', default: process.execPath },
    waiter: { type: 'string', default: process.execPath },
    dir: { type: 'string', default: tmpdir() },
  },
})

if (values.task !== undefined) {
  console.log(JSON.stringify(await participate(JSON.parse(values.task) as Task)))
} else {
  const { writer, waiter, wakes, seconds, dir } = values
  const folder = mkdtempSync(join(dir, 'mmapforge-wakes-'))
  try {
    const options = { folder, writer, waiter, wakes: Number(wakes), seconds: Number(seconds) }
    console.log(JSON.stringify(await measureWaits(options), undefined, 2))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * `npm run bench:ab -- --base REF`: the working tree beside another version of itself, on every runtime. Exits 1 where an
 * operation got slower, 2 where it can't be told.
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installMissing, runtimesFolder } from '../../test/runtimes/install.ts'
import { run } from '../../test/runtimes/run.ts'
import { commandOf, RUNTIMES, type Runtime, shortNameOf } from '../../test/runtimes/runtimes.ts'
import { type Built, builtBase } from './base.ts'
import { isDoubtful, isSlower, MAX_RATIO, type Measured, PROCESSES, TRIES, together } from './judge.ts'
import { OPERATIONS, type Operation } from './operations.ts'
import { type AbRow, lineOf, tableOf } from './table.ts'

const USAGE = `usage: npm run bench:ab -- --base REF [--runtime NAMES] [--only NAME] [--json FILE]

  --base REF       the commit to compare the working tree with
  --runtime NAMES  of the runtimes, those whose names begin so: node26,bun; all of them by default
  --only NAME      of the operations, those whose name contains this; may be repeated
  --json FILE      where to write the rows
`
const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const MEASURE = fileURLToPath(new URL('measure.js', import.meta.url))
const PROCESS_TIMEOUT_MS = 120_000

interface Options {
  readonly base: string
  readonly runtime: string | undefined
  readonly only: readonly string[]
  readonly json: string | undefined
}

async function main({ base: ref, runtime, only, json }: Options): Promise<number> {
  const runtimes = wanted(RUNTIMES, shortNameOf, (name) =>
    runtime === undefined ? true : runtime.split(',').some((each) => name.startsWith(each.toLowerCase())),
  )
  const operations = wanted(
    OPERATIONS,
    ({ name }) => name.toLowerCase(),
    (name) => only.length === 0 || only.some((each) => name.includes(each.toLowerCase())),
  )
  const base = builtBase(ref, ROOT)
  const folder = runtimesFolder()
  await installMissing(runtimes, folder)
  const rows: AbRow[] = []
  for (const each of runtimes) {
    console.log(`\n${each.name}, the working tree to ${base.commit.slice(0, 12)}`)
    for (const operation of operations) {
      const row = await compare(operation, each, base, folder)
      rows.push(row)
      console.log(lineOf(row))
    }
  }
  console.log(`\n${tableOf(rows)}\n`)
  const slower = rows.filter(({ tries }) => isSlower(tries))
  for (const row of slower) console.log(`${row.runtime.padEnd(11)} ${lineOf(row)}`)
  console.log(
    slower.length === 0
      ? `nothing is more than ${MAX_RATIO} times as slow as ${ref}`
      : `${slower.length} of ${rows.length} are more than ${MAX_RATIO} times as slow as ${ref}, in each of ${TRIES} tries`,
  )
  if (json !== undefined) writeFileSync(json, `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)
  return slower.length === 0 ? 0 : 1
}

async function compare(operation: Operation, runtime: Runtime, base: Built, folder: string): Promise<AbRow> {
  const tries: Measured[] = []
  do {
    const processes: Measured[] = []
    for (let i = 0; i < (PROCESSES[tries.length] as number); i++) {
      processes.push(await measure(operation, runtime, base, folder, i))
    }
    tries.push(together(processes))
  } while (isDoubtful(tries))
  const { name } = runtime
  return { operation: operation.name, runtime: name, ...together(tries), isSlower: isSlower(tries), tries }
}

async function measure(
  { name }: Operation,
  runtime: Runtime,
  base: Built,
  folder: string,
  order: number,
): Promise<Measured> {
  const command = commandOf(runtime, folder)
  if (command === undefined) throw new Error(`${runtime.name} is not in ${folder}, though npm installed it`)
  const { exitCode, standardOutput, output } = await run(
    [...command, MEASURE, name, base.path, `${ROOT}dist/index.js`, String(order)],
    { cwd: ROOT, timeoutMs: PROCESS_TIMEOUT_MS },
  )
  if (exitCode !== 0) throw new Error(`"${name}" can't be measured on ${runtime.name}:\n${output}`)
  return JSON.parse(standardOutput) as Measured
}

function wanted<T>(all: readonly T[], nameOf: (each: T) => string, isWanted: (name: string) => boolean): T[] {
  const found = all.filter((each) => isWanted(nameOf(each)))
  if (found.length === 0) throw new Error(`nothing is called so: ${all.map(nameOf).join(', ')}`)
  return found
}

function optionsFrom(args: string[]): Options {
  const { base, runtime, only, json } = parseArgs({
    args,
    options: {
      base: { type: 'string' },
      runtime: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
    },
  }).values
  if (base === undefined) throw new Error('--base must say which commit to compare with')
  return { base, runtime, only, json }
}

try {
  process.exitCode = await main(optionsFrom(process.argv.slice(2)))
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 2
}

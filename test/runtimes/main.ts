/**
 * The core tests and the torture on every runtime, and a table of what came out. Exits 1 where a test fails, where what
 * is sound does not pass the torture, or where a mutant escapes that must be caught.
 */
import { parseArgs } from 'node:util'
import { installMissing, runtimesFolder } from './install.ts'
import { run } from './run.ts'
import { commandOf, RUNTIMES, type Runtime } from './runtimes.ts'
import { runSuite, type SuiteResult } from './suite.ts'
import { table } from './table.ts'
import { runTorture, type TortureResult } from './torture-runs.ts'

const USAGE = `usage: npm run test:runtimes -- [--seconds N] [--only NAME]

  --seconds N   of torture, for each variant on each runtime (5)
  --only NAME   of the runtimes, those whose name contains this; may be repeated
`
const VERSION_TIMEOUT_MS = 60_000
const HEADER = [
  'runtime',
  'version',
  'tests',
  'torture reads',
  'kills',
  'violations',
  'unchecked caught',
  'plain',
]

interface RuntimeResult {
  readonly runtime: Runtime
  readonly version: string
  readonly suite: SuiteResult
  readonly torture: TortureResult
  readonly faults: readonly string[]
}

async function testRuntime(runtime: Runtime, folder: string, seconds: number): Promise<RuntimeResult> {
  const root = process.cwd()
  const command = commandOf(runtime, folder)
  if (command === undefined) throw new Error(`${runtime.name} is not in ${folder}, though npm installed it`)
  const mustCatchPlain = runtime.tearsPlainLoads && process.arch === 'x64'
  const { standardOutput } = await run([command[0] as string, '--version'], {
    cwd: root,
    timeoutMs: VERSION_TIMEOUT_MS,
  })
  const suite = await runSuite(command, root)
  const torture = await runTorture(command, root, { seconds, mustCatchPlain })
  const faults = [
    ...suite.failures,
    ...torture.evidence,
    ...(torture.unchecked === undefined ? ['the mutant "unchecked" was not caught'] : []),
    ...(torture.plain === undefined && mustCatchPlain ? ['the mutant "plain" was not caught'] : []),
  ]
  const version = /\d+\.\d+\.\d+/.exec(standardOutput)?.[0] ?? 'unknown'
  return { runtime, version, suite, torture, faults }
}

function rowOf({ runtime, version, suite, torture }: RuntimeResult): string[] {
  return [
    runtime.name,
    version,
    suite.failed === 0 ? `${suite.passed} passed` : `${suite.passed} passed, ${suite.failed} failed`,
    torture.reads.toLocaleString('en'),
    torture.kills.toLocaleString('en'),
    String(torture.violations),
    torture.unchecked ?? 'no',
    torture.plain ?? '0',
  ]
}

async function main(seconds: number, only: readonly string[]): Promise<number> {
  const isWanted = ({ name }: Runtime): boolean =>
    only.length === 0 || only.some((part) => name.toLowerCase().includes(part.toLowerCase()))
  const wanted = RUNTIMES.filter(isWanted)
  if (wanted.length === 0)
    throw new Error(`no runtime is called so: ${RUNTIMES.map(({ name }) => name).join(', ')}`)
  const folder = runtimesFolder()
  await installMissing(wanted, folder)
  const results: RuntimeResult[] = []
  for (const runtime of wanted) {
    const result = await testRuntime(runtime, folder, seconds)
    results.push(result)
    console.log(rowOf(result).join('  '))
    for (const fault of result.faults) console.log(`  ${fault}`)
  }
  console.log(`\n${table(HEADER, results.map(rowOf))}`)
  return results.some(({ faults }) => faults.length > 0) ? 1 : 0
}

function optionsFrom(args: string[]): { seconds: number; only: readonly string[] } {
  const { values } = parseArgs({
    args,
    options: {
      seconds: { type: 'string', default: '5' },
      only: { type: 'string', multiple: true, default: [] },
    },
  })
  const seconds = Number(values.seconds)
  if (!(seconds > 0 && seconds < Infinity)) throw new Error(`--seconds can't be "${values.seconds}"`)
  return { seconds, only: values.only }
}

try {
  const { seconds, only } = optionsFrom(process.argv.slice(2))
  process.exitCode = await main(seconds, only)
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 2
}

/** Runs the parts, each in a process of its own, on each runtime, and keeps what they found. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { machineHere } from '../measure/machine.ts'
import { HEADING } from '../report/text.ts'
import { writeReport } from '../report/write.ts'
import { readResults, writeResults } from '../results/file.ts'
import { type AnyPart, mergeResults } from '../results/merge.ts'
import { PARTS } from './parts.ts'
import { type Executable, findRuntimes, flagsOf, newestNode } from './runtimes.ts'

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url))
const PART_TIMEOUT_MS = 900_000

export interface DriverOptions {
  readonly quick: boolean
  readonly large: boolean
  readonly dir?: string | undefined
  readonly runtimes: readonly string[]
  /** Parts to run; all by default. */
  readonly only: readonly string[]
}

/** A full run goes into the recorded results, and the document that shows them; a quick one is only shown. */
export function driveBenchmark(options: DriverOptions): void {
  const { quick, dir = tmpdir() } = options
  const results: AnyPart[] = []
  for (const [runtime, part] of planOf(options)) {
    const result = runInProcess(runtime, part, options)
    if (result !== undefined) results.push(result)
    else process.exitCode = 1
  }
  if (quick) return
  writeResults(mergeResults(readResults(), machineHere(dir), results))
  writeReport()
}

/** What runs where. Work that is long, and tells more of the machine than of the runtime, runs on the newest Node only. */
function planOf({ quick, only, runtimes: given }: DriverOptions): [Executable, string][] {
  const runtimes = findRuntimes(given)
  const here = runtimes[0] as Executable
  const newest = newestNode(runtimes) ?? here
  const plan: [Executable, string][] = runtimes.flatMap((runtime) =>
    Object.keys(PARTS).map((part): [Executable, string] => [runtime, part]),
  )
  if (!quick || only.length > 0) {
    // Peers with native parts are compiled for the Node whose npm installs them; the newest has SQLite of its own.
    for (const runtime of new Set([here, newest])) plan.push([runtime, 'peers'])
    plan.push([newest, 'scale'], [newest, 'flights'], [newest, 'wakes'])
  }
  return plan.filter(([, part]) => only.length === 0 || only.includes(part))
}

export function runInProcess(
  runtime: Executable,
  part: string,
  { quick, large, dir }: Pick<DriverOptions, 'quick' | 'large' | 'dir'>,
): AnyPart | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'mmapforge-bench-'))
  const json = join(folder, 'result.json')
  console.log(`\n${runtime.kind} ${runtime.version}, ${part}\n${part in PARTS ? HEADING : ''}`)
  const args = [
    MAIN,
    '--part',
    part,
    '--json',
    json,
    ...(quick ? ['--quick'] : []),
    ...(large ? ['--large'] : []),
  ]
  if (dir !== undefined) args.push('--dir', dir)
  const { status, signal } = spawnSync(runtime.path, [...flagsOf(runtime), ...args], {
    stdio: 'inherit',
    timeout: PART_TIMEOUT_MS,
  })
  try {
    if (status === 0) return JSON.parse(readFileSync(json, 'utf8')) as AnyPart
    console.error(`${part} failed on ${runtime.version}: ${signal ?? status}`)
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

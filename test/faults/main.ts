/**
 * The faults: every call of the library to the system is made to fail, each in every way it can, and nothing may be left of
 * what failed. Exits 0 without violations, 1 with, 2 where the command line is wrong.
 *
 * The cases are tried in a process of their own, which may hang or crash.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runtimeName } from '../torture/runtime-name.ts'
import type { Counts, Violation } from './campaign.ts'
import { type FaultOptions, optionsFrom, USAGE } from './options.ts'
import type { Message, TrierOptions } from './trier.ts'

/** The result of a run; with `--json` it is what is printed. */
export interface RunResult {
  readonly seed: number
  readonly counts: Counts | undefined
  readonly violations: readonly Violation[]
}

/** A case takes milliseconds; this is for machines that do much else. */
const CASE_TIMEOUT_MS = 30_000

async function runCampaign({ seed, seconds, ...options }: FaultOptions): Promise<RunResult> {
  const folder = mkdtempSync(join(tmpdir(), 'mmapforge-faults-'))
  const notePath = join(folder, 'note')
  const asked: TrierOptions = { ...options, seed, seconds: String(seconds), notePath }
  const trier = fileURLToPath(new URL('trier.js', import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', trier, JSON.stringify(asked)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const note = (): string => (existsSync(notePath) ? readFileSync(notePath, 'utf8').trim() : 'nothing yet')
  const violations: Violation[] = []
  let counts: Counts | undefined
  let errors = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as Message
    if ('violation' in message) violations.push(message.violation)
    else counts = message.counts
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  let last = ''
  const timer = setInterval(() => {
    const now = note()
    if (now === last) {
      violations.push({ scenario: now, fault: '', what: [`it hangs for ${CASE_TIMEOUT_MS} ms`] })
      child.kill('SIGKILL')
    }
    last = now
  }, CASE_TIMEOUT_MS)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearInterval(timer)
  if (counts === undefined) {
    violations.push({
      scenario: note(),
      fault: '',
      what: [`it ended with ${signal ?? code}: ${errors.trim()}`],
    })
  }
  rmSync(folder, { recursive: true, force: true })
  return { seed, counts, violations }
}

/** The violations by what they are, the most frequent first, each with some of its cases. */
function printViolations(violations: readonly Violation[], log: (line: string) => void): void {
  const cases = new Map<string, string[]>()
  for (const { scenario, fault, what } of violations) {
    for (const each of what) {
      const kind = each.replaceAll(/\d+/g, 'N')
      cases.set(kind, [...(cases.get(kind) ?? []), `${scenario}: ${fault}`])
    }
  }
  for (const [kind, all] of [...cases].sort(([, a], [, b]) => b.length - a.length)) {
    log(`${all.length} times: ${kind}`)
    for (const each of all.slice(0, 4)) log(`    ${each}`)
  }
}

async function main(options: FaultOptions): Promise<number> {
  const log = options.json ? () => undefined : (line: string) => console.log(line)
  log(`faults: ${runtimeName()}, mutant ${options.mutant ?? 'none'}, seed ${options.seed}`)
  const result = await runCampaign(options)
  printViolations(result.violations, log)
  console.log(JSON.stringify(options.json ? result : { ...result, violations: result.violations.length }))
  return result.violations.length > 0 ? 1 : 0
}

try {
  const options = optionsFrom(process.argv.slice(2))
  if (options === 'help') console.log(USAGE)
  else process.exitCode = await main(options)
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = 2
}

/**
 * The faults: every call of the library to the system is made to fail, each in every way it can, and nothing may be left of
 * what failed. Exits 0 without violations, 1 with, 2 where the command line is wrong.
 *
 * The cases are tried in a process of their own, which may hang or crash.
 */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runtimeName } from '../torture/runtime-name.ts'
import type { Counts, Violation } from './campaign.ts'
import { type FaultOptions, optionsFrom, USAGE } from './options.ts'
import type { Message } from './trier.ts'

/** The result of a run; with `--json` it is what is printed. */
export interface RunResult {
  readonly seed: number
  readonly counts: Counts | undefined
  readonly violations: readonly Violation[]
}

/** A case takes milliseconds; this is for machines that do much else. */
const CASE_TIMEOUT_MS = 30_000

function runCampaign(options: FaultOptions): Promise<RunResult> {
  const trier = fileURLToPath(new URL('trier.js', import.meta.url))
  const args = ['--expose-gc', trier, JSON.stringify({ ...options, seconds: String(options.seconds) })]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const violations: Violation[] = []
  let counts: Counts | undefined
  let last = 'nothing yet'
  let errors = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  const watch = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      violations.push({ scenario: last, fault: '', what: [`it hangs for ${CASE_TIMEOUT_MS} ms`] })
      child.kill('SIGKILL')
    }, CASE_TIMEOUT_MS)
  }
  watch()
  createInterface({ input: child.stdout }).on('line', (line) => {
    watch()
    const message = JSON.parse(line) as Message
    if ('trying' in message) last = message.trying
    else if ('violation' in message) violations.push(message.violation)
    else counts = message.counts
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      if (counts === undefined) {
        violations.push({
          scenario: last,
          fault: '',
          what: [`it ended with ${signal ?? code}: ${errors.trim()}`],
        })
      }
      resolve({ seed: options.seed, counts, violations })
    })
  })
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

/** The tests that must pass on every runtime. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './run.ts'

/** Files and folders: what touches memory, files, locks and processes. */
const SUITE = [
  'test/schema',
  'test/protocol',
  'test/os',
  'test/format',
  'test/region',
  'test/values',
  'test/writers',
  'test/waiting',
  'test/store',
  'test/codegen/closures',
  'test/codegen/define-store.test.ts',
]

const SUITE_TIMEOUT_MS = 10 * 60_000

export interface SuiteResult {
  readonly passed: number
  readonly failed: number
  /** Names of failed tests, or what happened instead of a result. */
  readonly failures: readonly string[]
}

interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message?: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

export async function runSuite(command: readonly string[], root: string): Promise<SuiteResult> {
  const folder = mkdtempSync(join(tmpdir(), 'mmapforge-suite-'))
  const reportPath = join(folder, 'report.json')
  try {
    const { exitCode, output } = await run(
      [
        ...command,
        'node_modules/vitest/vitest.mjs',
        'run',
        ...SUITE,
        '--reporter=json',
        `--outputFile=${reportPath}`,
      ],
      { cwd: root, timeoutMs: SUITE_TIMEOUT_MS },
    )
    if (!existsSync(reportPath)) return { passed: 0, failed: 1, failures: [output.trim()] }
    const result = resultOf(JSON.parse(readFileSync(reportPath, 'utf8')) as VitestReport)
    // An error outside of any test, such as a crash of the process that ran it.
    const hasStrayError = exitCode !== 0 && result.failed === 0
    return hasStrayError ? { ...result, failed: 1, failures: [output.trim()] } : result
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function resultOf({ numPassedTests, numFailedTests, testResults }: VitestReport): SuiteResult {
  const failures = testResults.flatMap(({ name, status, message = '', assertionResults }) => {
    const tests = assertionResults
      .filter((test) => test.status === 'failed')
      .map(({ fullName, failureMessages = [] }) => `${fullName}: ${firstLine(failureMessages[0] ?? '')}`)
    // A file that could not even be loaded has no tests that failed.
    return status === 'failed' && tests.length === 0 ? [`${name}: ${firstLine(message)}`] : tests
  })
  return { passed: numPassedTests, failed: Math.max(numFailedTests, failures.length), failures }
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? ''
}

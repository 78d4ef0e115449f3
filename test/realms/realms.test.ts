/** The package in realms whose classes are not those of `node:fs`; `npm run test:realms` tests it under Jest. */
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { builtPath, projectPath, ROOT } from '../support/project.ts'
import { tempFolder } from '../support/temp.ts'

/** Elsewhere neither `node:vm` nor the vm pools load modules into another realm. */
const hasRealms = process.versions['bun'] === undefined && process.versions['deno'] === undefined

function outcome(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

describe.runIf(hasRealms)('in a node:vm context', () => {
  it.each([
    ['that shares what Jest shares', 'jest'],
    ['that shares no class of the language', 'bare'],
  ])('%s, everything works', (_, kind) => {
    builtPath('dist/index.js')
    const script = projectPath('test/realms/context.mjs')
    const flags = ['--no-warnings', '--experimental-vm-modules']
    expect(outcome(...flags, script, kind, tempFolder())).toEqual({ status: 0, output: 'passed\n' })
  })
})

describe.runIf(hasRealms)('under Vitest', () => {
  it.each(['vmThreads', 'vmForks'])('with the pool %s, the tests of a store pass', (pool) => {
    const vitest = projectPath('node_modules/vitest/vitest.mjs')
    const names = 'whichever realm|compiled, file'
    const files = ['test/realms/scenario.test.ts', 'test/store/core/core.test.ts']
    const { status, output } = outcome(
      vitest,
      'run',
      '--pool',
      pool,
      '--reporter=json',
      '-t',
      names,
      ...files,
    )
    const report = JSON.parse(output.slice(output.indexOf('{'))) as Record<string, unknown>
    expect(report).toMatchObject({ numFailedTests: 0, success: true })
    expect(report['numPassedTests']).toBeGreaterThan(200)
    expect(status).toBe(0)
  })
})

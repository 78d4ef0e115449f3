/** `npm run test:realms`: the package under Jest, which is installed into a scratch folder and kept there for the next time. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../runtimes/run.ts'

const JEST = 'jest@30'
const INSTALL_TIMEOUT_MS = 10 * 60_000
const RUN_TIMEOUT_MS = 2 * 60_000

const root = process.cwd()
const folder = join(tmpdir(), 'mmapforge-jest')
const program = join(folder, 'node_modules/jest/bin/jest.js')

if (!existsSync(program)) {
  console.log(`installing ${JEST} into ${folder}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  await runToEnd(['npm', 'install', '--no-audit', '--no-fund', JEST], folder, INSTALL_TIMEOUT_MS)
}
const config = JSON.stringify({
  rootDir: join(root, 'test/realms'),
  testMatch: ['**/*.jest.mjs'],
  transform: {},
})
const flags = ['--no-warnings', '--experimental-vm-modules']
console.log(await runToEnd([process.execPath, ...flags, program, '--config', config], root, RUN_TIMEOUT_MS))

async function runToEnd(command: readonly string[], cwd: string, timeoutMs: number): Promise<string> {
  const { exitCode, output } = await run(command, { cwd, timeoutMs })
  if (exitCode === 0) return output
  console.error(output)
  process.exit(1)
}

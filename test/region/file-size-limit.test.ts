/** Growth beyond the limit on file sizes (RLIMIT_FSIZE): an error on every runtime, and the end of none. */
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { nativeOs } from '../../src/os/native-os.ts'
import { runtimesFolder } from '../runtimes/install.ts'
import { commandOf, RUNTIMES } from '../runtimes/runtimes.ts'
import { builtPath } from '../support/project.ts'
import { tempPath } from '../support/temp.ts'

const LIMIT_BYTES = 2 ** 16
const SCRIPT = fileURLToPath(new URL('../processes/grow-to-limit.mjs', import.meta.url))

const commands = RUNTIMES.flatMap((runtime) => {
  const command = commandOf(runtime, runtimesFolder())
  return command === undefined ? [] : [[runtime.name, command] as const]
})

it.each(commands)('%s throws, and loses nothing', (_name, command) => {
  builtPath('dist/index.js')
  for (const writers of ['one', 'many', 'unlocked']) {
    const path = tempPath()
    const args = JSON.stringify({ path, options: { writers }, limitBytes: LIMIT_BYTES })
    const [executable = '', ...flags] = command
    const { stdout, stderr, signal, status } = spawnSync(executable, [...flags, SCRIPT, args], {
      encoding: 'utf8',
    })
    expect({ stderr, signal, status }).toEqual({ stderr: '', signal: null, status: 0 })
    const { refusal, length, lengthAgain, volume } = JSON.parse(stdout)
    expect(refusal).toMatchObject({ error: 'ERR_TOO_LARGE' })
    expect(refusal.message).toContain("the process's limit on file sizes")
    expect(length).toBeGreaterThan(64)
    expect({ lengthAgain, volume }).toEqual({ lengthAgain: length, volume: -1 })
    expect(statSync(path).size).toBeLessThanOrEqual(LIMIT_BYTES)
  }
})

it('the signal that says so is ignored', () => {
  nativeOs('test')
  const status = readFileSync('/proc/self/status', 'utf8')
  const ignored = BigInt(`0x${/^SigIgn:\s*(\w+)$/m.exec(status)?.[1]}`)
  expect((ignored >> BigInt(constants.signals.SIGXFSZ - 1)) & 1n).toBe(1n)
})

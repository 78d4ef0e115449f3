/** Installs what is missing of the runtimes into a scratch folder, which is kept for the next time. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './run.ts'
import { commandOf, type Runtime } from './runtimes.ts'

const INSTALL_TIMEOUT_MS = 10 * 60_000

/** Where the runtimes are; the environment can name a folder that has them already. */
export function runtimesFolder(): string {
  return process.env['MMAPFORGE_RUNTIMES_DIR'] ?? join(tmpdir(), `mmapforge-runtimes-${process.arch}`)
}

export async function installMissing(runtimes: readonly Runtime[], folder: string): Promise<void> {
  const missing = runtimes.filter((runtime) => commandOf(runtime, folder) === undefined)
  if (missing.length === 0) return
  console.log(`installing ${missing.map(({ name }) => name).join(', ')} into ${folder}`)
  mkdirSync(folder, { recursive: true })
  const manifest = join(folder, 'package.json')
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n')
  const specs = missing.map(({ packageSpec }) => packageSpec)
  const args = ['install', '--no-audit', '--no-fund', ...specs]
  const { exitCode, output } = await run(['npm', ...args], { cwd: folder, timeoutMs: INSTALL_TIMEOUT_MS })
  if (exitCode !== 0) throw new Error(`npm could not install ${specs.join(' ')}:\n${output}`)
}

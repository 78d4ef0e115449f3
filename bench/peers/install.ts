/** Peers are no dependencies of the project: npm installs them into a folder of their own, once for each ABI. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Loader } from './peer.ts'

/** Two of them compile native code where they find a compiler. */
const INSTALL_TIMEOUT_MS = 300_000

export interface Installed {
  readonly load: Loader
  versionOf(name: string): string
}

/** Where packages stand whose native parts are for this runtime. */
function folder(): string {
  return join(tmpdir(), `mmapforge-bench-peers-${process.versions.modules}`)
}

/** Installs what is not there yet; what can't be installed is missing when it is loaded. */
export function installPeers(packages: readonly string[], say: (line: string) => void): void {
  mkdirSync(folder(), { recursive: true })
  const manifest = join(folder(), 'package.json')
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }')
  for (const name of packages) {
    if (existsSync(join(folder(), 'node_modules', name))) continue
    say(`installing ${name}`)
    try {
      const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', name]
      execFileSync('npm', args, { cwd: folder(), timeout: INSTALL_TIMEOUT_MS, stdio: 'pipe' })
    } catch (error) {
      say(`${name} can't be installed: ${String((error as Error).message).split('\n')[0]}`)
    }
  }
}

export function installedPeers(): Installed {
  const require = createRequire(join(folder(), 'package.json'))
  return {
    load: async (name) => {
      const path = name.startsWith('node:') ? name : pathToFileURL(require.resolve(name)).href
      const module = (await import(path)) as Record<string, unknown>
      // Names that a CommonJS module exports are not all seen from outside.
      return { ...(module['default'] as object), ...module }
    },
    versionOf: (name) => {
      const manifest = join(folder(), 'node_modules', name, 'package.json')
      return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).version : ''
    },
  }
}

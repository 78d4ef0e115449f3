/** The runtimes that a benchmark runs on, and how each is told to run it. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface Executable {
  readonly path: string
  /** `v20.20.2`, as it says itself. */
  readonly version: string
  readonly kind: 'node' | 'bun' | 'deno'
}

/**
 * @param given - paths of programs, or folders that npm installed some into as packages: each `node…` with a `bin/node`,
 *   and `bun` and `deno` in `.bin`
 */
export function findRuntimes(given: readonly string[]): Executable[] {
  const paths = [
    process.execPath,
    ...given.flatMap((path) => (statSync(path).isDirectory() ? installedIn(path) : [path])),
  ]
  return paths.map(executable)
}

function installedIn(folder: string): string[] {
  const modules = join(folder, 'node_modules')
  return [
    ...readdirSync(modules)
      .filter((name) => /^node\d*$/.test(name))
      .sort()
      .map((name) => join(modules, name, 'bin', 'node')),
    join(modules, '.bin', 'bun'),
    join(modules, '.bin', 'deno'),
  ].filter((path) => existsSync(path))
}

function executable(path: string): Executable {
  const version = execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 10_000 }).split(
    '\n',
  )[0] as string
  const name = basename(path)
  return { path, version, kind: name === 'bun' || name === 'deno' ? name : 'node' }
}

/** What comes before the program's own path, so that it can ask for a garbage collection. */
export function flagsOf({ kind }: Pick<Executable, 'kind'>): string[] {
  return kind === 'deno' ? ['run', '-A', '--v8-flags=--expose-gc'] : ['--expose-gc']
}

/** The Node of the highest version. */
export function newestNode(runtimes: readonly Executable[]): Executable | undefined {
  const major = ({ version }: Executable) => Number(/\d+/.exec(version)?.[0])
  return runtimes.filter(({ kind }) => kind === 'node').sort((a, b) => major(b) - major(a))[0]
}

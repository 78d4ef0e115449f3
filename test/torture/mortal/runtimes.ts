/** Which runtime takes part in which place, and what starts it. */
import { basename } from 'node:path'
import { runtimesFolder } from '../../runtimes/install.ts'
import { commandOf, RUNTIMES } from '../../runtimes/runtimes.ts'
import { FORK_FLAGS } from './native.ts'

export interface Runner {
  readonly name: string
  /** Runs a script. */
  readonly command: readonly string[]
  /** Runs a nursery that forks its writers; undefined where the runtime has threads that a fork would miss. */
  readonly forking: readonly string[] | undefined
}

/** The runtime that this is. */
export function thisRunner(): Runner {
  const { bun, deno } = process.versions
  return runnerAt(process.execPath, deno !== undefined ? 'deno' : bun !== undefined ? 'bun' : 'node')
}

/**
 * @param name `node`, `bun`, `deno`, `node22`, or the path of an executable
 * @throws {Error} with a message for the user
 */
export function runnerNamed(name: string): Runner {
  if (name.includes('/')) return runnerAt(name, basename(name))
  const own = thisRunner()
  if (own.name === name) return own
  const runtime = RUNTIMES.find((candidate) => shortName(candidate.name) === name)
  const command = runtime && commandOf(runtime, runtimesFolder())
  if (command !== undefined) return runnerAt(command[0] as string, name)
  if (['node', 'bun', 'deno'].includes(name)) return runnerAt(name, name)
  throw new Error(`--runtime takes node, bun, deno, node22 and the like, or paths, not "${name}"`)
}

function runnerAt(executable: string, name: string): Runner {
  const isNode = name.startsWith('node')
  return {
    name,
    command: [executable, ...(name.startsWith('deno') ? ['run', '-A'] : [])],
    forking: isNode ? [executable, ...FORK_FLAGS] : undefined,
  }
}

/** `node22` for Node.js 22. */
function shortName(name: string): string {
  return name.toLowerCase().replace('.js ', '')
}

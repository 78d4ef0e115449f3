/** The runtimes that mmapforge promises to work on, and where they come from. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export interface Runtime {
  readonly name: string
  /** What npm installs: an alias, so that several versions of one package stand side by side. */
  readonly packageSpec: string
  /** The executable, below the folder that npm installed into. */
  readonly executable: string
  /** Between the executable and the script. */
  readonly flags: readonly string[]
  /** Whether its compiler, on x64, has been seen to fold the plain counter loads of the mutant. */
  readonly tearsPlainLoads: boolean
}

const nodeJs = (major: number, tearsPlainLoads: boolean): Runtime => ({
  name: `Node.js ${major}`,
  packageSpec: `node${major}@npm:node-linux-${process.arch}@${major}`,
  executable: `node_modules/node${major}/bin/node`,
  flags: [],
  tearsPlainLoads,
})

export const RUNTIMES: readonly Runtime[] = [
  nodeJs(20, false),
  nodeJs(22, false),
  nodeJs(24, true),
  nodeJs(26, true),
  {
    name: 'Bun',
    packageSpec: 'bun@1',
    executable: 'node_modules/.bin/bun',
    flags: ['--bun'],
    tearsPlainLoads: true,
  },
  {
    name: 'Deno',
    packageSpec: 'deno@2',
    executable: 'node_modules/.bin/deno',
    flags: ['run', '-A'],
    tearsPlainLoads: true,
  },
]

/** `node26`, `bun`: what npm installs it as. */
export function shortNameOf({ packageSpec }: Runtime): string {
  return packageSpec.split('@')[0] as string
}

/** The command that runs a script on a runtime; undefined where it is neither installed nor this very one. */
export function commandOf(runtime: Runtime, folder: string): readonly string[] | undefined {
  const installed = join(folder, runtime.executable)
  if (existsSync(installed)) return [installed, ...runtime.flags]
  const isThis =
    process.versions['bun'] === undefined &&
    process.versions['deno'] === undefined &&
    runtime.name === `Node.js ${process.versions.node.split('.')[0]}`
  return isThis ? [process.execPath] : undefined
}

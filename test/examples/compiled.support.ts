/** Running what `npm run build:tools` compiled, as its users run it. */
import { spawnSync } from 'node:child_process'
import { builtPath } from '../support/project.ts'

export interface Outcome {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a compiled example to its end.
 *
 * @param script from the top of the project
 * @param folder its working folder, and the one for its temporary files
 * @param options for Node.js itself
 */
export function runCompiled(
  script: string,
  folder: string,
  argv: readonly string[] = [],
  options: readonly string[] = [],
): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...options, builtPath(script), ...argv], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder, NODE_OPTIONS: '' },
    encoding: 'utf8',
    timeout: 50_000,
  })
  return { status, stdout, stderr }
}

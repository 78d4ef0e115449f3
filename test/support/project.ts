/** The project under test: where it stands, and what was built from it. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** A path from the top of the project. */
export function projectPath(path: string): string {
  return `${ROOT}${path}`
}

/**
 * The path of something compiled.
 *
 * @param path from the top of the project, below `dist` or `build`
 */
export function builtPath(path: string): string {
  const built = projectPath(path)
  if (!existsSync(built)) throw new Error(`${path} is not there: npm run build:tools makes it`)
  return built
}

/** Loads koffi, wherever the code of this package is: in node_modules, or in a bundle of either module format. */
import { createRequire } from 'node:module'

export type Koffi = typeof import('koffi')

/**
 * Loads it when it is first needed, so that a platform without a binary can still open `:memory:` stores.
 *
 * @throws what loading koffi throws if it is not installed or has no binary for the platform
 */
export function loadKoffi(): Koffi {
  // A bundle in the CommonJS format has an empty `import.meta.url`, but a `__filename`. In two steps, with the name written
  // out: tools that trace which files a program needs look for exactly that.
  const require = createRequire(import.meta.url || __filename)
  return require('koffi') as Koffi
}

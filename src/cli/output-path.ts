/** Where the generated file of an annotated file goes. */
import { basename, dirname, join } from 'node:path'

const STORE_FILE = /\.store(\.d)?\.[cm]?ts$/
/** A declaration file makes a module all the same: a store class is code. */
const SOURCE_FILE = /^(?<name>.+?)(\.d)?(?<extension>\.[cm]?ts)$/

/** A file that the generator can't take, and why. */
export class InputError extends Error {}

/**
 * `tick.ts` makes `tick.store.ts`, beside it or in `folder`.
 *
 * @throws {InputError} for a generated file, and for a file that is not TypeScript
 */
export function outputPath(input: string, folder: string | undefined): string {
  if (STORE_FILE.test(input)) {
    throw new InputError(`${input}: this is a generated file; name the annotated file that it was made from`)
  }
  const { name, extension } = SOURCE_FILE.exec(basename(input))?.groups ?? {}
  if (name === undefined || extension === undefined) {
    throw new InputError(`${input}: not a TypeScript module; name a .ts, .mts or .cts file`)
  }
  return join(folder ?? dirname(input), `${name}.store${extension}`)
}

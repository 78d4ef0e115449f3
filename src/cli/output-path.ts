/** The path of the generated file for an annotated file. */
import { basename, dirname, join } from 'node:path'

const STORE_FILE = /\.store(\.d)?\.[cm]?ts$/
/** A declaration file makes a module too, since a store class is code. */
const SOURCE_FILE = /^(?<name>.+?)(\.d)?(?<extension>\.[cm]?ts)$/

/** Thrown for an input file that the generator can't use. */
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

/** The files of the generator, and what people are told where one can't be read or written. */
import { randomUUID } from 'node:crypto'
import { closeSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BANNER } from '../codegen/emit/module.ts'
import { MmapForgeError } from '../errors.ts'
import { placeFile, readTextIfThere } from '../os/files.ts'
import { permissionsOf } from '../os/permissions.ts'
import { errnoOf } from '../os/system-error.ts'
import { InputError } from './output-path.ts'

/**
 * The text of a file that was generated; undefined where there is none.
 *
 * @param output what the path is called in messages
 * @throws {InputError} for a file of somebody else's, which is never overwritten, and for one that can't be read
 */
export function readGenerated(path: string, output: string): string | undefined {
  const text = telling(output, () => readTextIfThere(path))
  if (text === undefined || text.startsWith(BANNER)) return text
  throw new InputError(
    `${output}: does not start with "${BANNER}", so it is not overwritten; move it away or use --out`,
  )
}

/**
 * Replaces a file as a whole, so that no reader and no crash ever sees half of it; makes its folder if need be.
 *
 * @throws {InputError} as {@link readGenerated}
 */
export function writeGenerated(path: string, output: string, text: string): void {
  // Once more: a long list of files may lie between the first look and this one.
  readGenerated(path, output)
  telling(output, () => {
    mkdirSync(dirname(path), { recursive: true })
    // A name that no other generator has: nothing keeps two of them from running.
    const temporary = join(dirname(path), `.mmapforge-${randomUUID()}.tmp`)
    const placing = { temporary, isDurable: false, permissions: permissionsOf(path) }
    closeSync(placeFile(path, new TextEncoder().encode(text), placing))
  })
}

function telling<T>(name: string, calls: () => T): T {
  try {
    return calls()
  } catch (error) {
    const reason = reasonOf(error)
    throw reason === undefined ? error : new InputError(`${name}: ${reason}`)
  }
}

/** What an error of ours, or of the system, says, without the path, which the caller names; undefined for any other. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof MmapForgeError) return error.message.replace(`${error.path}: `, '')
  if (errnoOf(error) === undefined) return undefined
  // In the runtime's own words, where the call did not know the path.
  const { code, syscall, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
  const [reason] = message.slice(`${code}: `.length).split(`, ${syscall}`)
  return `${reason} (${code})`
}

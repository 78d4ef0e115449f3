/** Reads and writes of whole files, with messages for people. */
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The text of a file. */
export function readWhole(path: string): Promise<string> {
  return readFile(path, 'utf8')
}

/** The text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readWhole(path)
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces a file as a whole, so that no reader and no crash ever sees half of it; makes its folder if need be. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const temporary = join(dirname(path), `.mmapforge-${randomUUID()}.tmp`)
  try {
    await writeFile(temporary, text, { flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

export function isSystemError(error: unknown): error is Error & { code: string; syscall: string } {
  return typeof error === 'object' && error !== null && 'code' in error && 'syscall' in error
}

/** `EACCES: permission denied, open '/x'` without the call and the path, which the caller names. */
export function systemMessage({
  message,
  code,
  syscall,
}: {
  message: string
  code: string
  syscall: string
}): string {
  const [reason] = message.slice(`${code}: `.length).split(`, ${syscall}`)
  return `${reason} (${code})`
}

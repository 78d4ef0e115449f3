/** Errors that an operation is expected to throw. */
import { MmapForgeError } from 'mmapforge'

/** Runs what must throw, and gives the error. */
export function errorOf(action: () => unknown): unknown {
  let result: unknown
  try {
    result = action()
  } catch (error) {
    return error
  }
  throw new Error(`nothing was thrown, but ${String(result)} was returned`)
}

/** The error of what must throw an error of this project. */
export function forgeErrorOf(action: () => unknown): MmapForgeError {
  const error = errorOf(action)
  if (error instanceof MmapForgeError) return error
  throw error
}

/** The code of what must throw: one of this project's, or the system's. */
export function codeOf(action: () => unknown): string {
  const error = errorOf(action) as NodeJS.ErrnoException
  if (typeof error.code === 'string') return error.code
  throw error
}

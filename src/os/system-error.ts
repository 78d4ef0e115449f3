/** Failed system calls, reported as `node:fs` reports its own, and the errors that users get for them. */
import { constants } from 'node:os'
import { MmapForgeError } from '../errors.ts'

/** After this many interruptions in a row, signals can't be the reason, and a call is not repeated. */
export const MAX_INTERRUPTIONS = 1000

/** The codes that this project distinguishes; any other passes through to the user. */
export type SystemErrorCode = keyof typeof constants.errno

/** A system call that failed, with the properties of an error of `node:fs`. */
export class SystemError extends Error {
  /** The error's name, such as `ENOSPC`. */
  readonly code: string
  /** The error's number, negated as Node does. */
  readonly errno: number
  readonly syscall: string
  readonly path: string | undefined

  /**
   * @param errno - positive, as in the C library
   * @param path - the file concerned, if the caller knows it
   * @param cause - the original error
   */
  constructor(syscall: string, errno: number, path?: string, cause?: unknown) {
    const code = errnoName(errno)
    const message = `${code}: ${syscall} failed${path === undefined ? '' : ` on '${path}'`}`
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'SystemError'
    this.code = code
    this.errno = -errno
    this.syscall = syscall
    this.path = path
  }
}

/**
 * Whether an error has one of these codes, the system's or our own. Judged by its shape: under Jest and in `node:vm` the
 * errors of `node:fs` are not instances of this realm's `Error`.
 */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code))
}

/** Whether an error is one of these system errors, from a native call or from `node:fs`. */
export function isSystemError(error: unknown, ...codes: readonly SystemErrorCode[]): boolean {
  // By number, because some have two names: EOPNOTSUPP and ENOTSUP, EWOULDBLOCK and EAGAIN.
  const errno = errnoOf(error)
  return errno !== undefined && codes.some((code) => errno === constants.errno[code])
}

/** The number of a system error; undefined for any other. */
export function errnoOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return ERRNOS.get(String(error.code))
}

/**
 * The error that users get for a failed call on a file. A lack of space becomes an error of ours, whichever file it was for.
 * The error of a call that knew only a descriptor gets the file's path. Any other error stays as it is.
 */
export function explained(error: unknown, path: string, attempt = "can't be made or written"): unknown {
  const errno = errnoOf(error)
  if (errno === undefined) return error
  const { path: named, syscall = 'a call' } = error as { path?: string; syscall?: string }
  if (isSystemError(error, 'ENOSPC', 'EDQUOT')) {
    const place = isSystemError(error, 'EDQUOT') ? 'the disk quota is used up' : 'the disk is full'
    const message = `${attempt}: ${place}; free some space and try again`
    return new MmapForgeError('ERR_NO_SPACE', message, { path: named ?? path, cause: error })
  }
  return named === undefined ? new SystemError(syscall, errno, path, error) : error
}

/** Runs calls on a file; what they throw is {@link explained}. */
export function onFile<T>(path: string, calls: () => T): T {
  try {
    return calls()
  } catch (error) {
    throw explained(error, path)
  }
}

const ERRNOS: ReadonlyMap<string, number> = new Map(Object.entries(constants.errno))

function errnoName(errno: number): string {
  for (const [name, number] of ERRNOS) if (number === errno) return name
  return `errno ${errno}`
}

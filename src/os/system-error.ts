/** Failed system calls, as `node:fs` reports its own. */
import { constants } from 'node:os'

/** The names that this project tells apart; any other passes through to the user. */
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
   * @param errno - positive, as the C library has it
   * @param path - the file concerned, where the caller knows it
   */
  constructor(syscall: string, errno: number, path?: string) {
    const code = errnoName(errno)
    super(`${code}: ${syscall} failed${path === undefined ? '' : ` on '${path}'`}`)
    this.name = 'SystemError'
    this.code = code
    this.errno = -errno
    this.syscall = syscall
    this.path = path
  }

  /** The same error, saying which file it concerns. */
  on(path: string): SystemError {
    return new SystemError(this.syscall, -this.errno, path)
  }
}

/**
 * Whether an error has one of these codes, a system's or one of our own. By its shape: under Jest and in `node:vm` the
 * errors of `node:fs` are no instances of the `Error` that is in force here.
 */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code))
}

/** Whether an error is one of these of the system, from a native call or from `node:fs`. */
export function isSystemError(error: unknown, ...codes: readonly SystemErrorCode[]): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  // By number, because some have two names: EOPNOTSUPP and ENOTSUP, EWOULDBLOCK and EAGAIN.
  const errno = ERRNOS.get(String(error.code))
  return errno !== undefined && codes.some((code) => errno === constants.errno[code])
}

const ERRNOS: ReadonlyMap<string, number> = new Map(Object.entries(constants.errno))

function errnoName(errno: number): string {
  for (const [name, number] of ERRNOS) if (number === errno) return name
  return `errno ${errno}`
}

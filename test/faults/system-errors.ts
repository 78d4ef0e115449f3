/** Errors as the system's calls give them. */
import { constants } from 'node:os'
import { SystemError } from '../../src/os/system-error.ts'

const ERRNOS = constants.errno as Readonly<Record<string, number | undefined>>

function errnoOf(code: string): number {
  const errno = ERRNOS[code]
  if (errno === undefined) throw new Error(`there is no ${code}`)
  return errno
}

/** As `node:fs` gives it: with the path where the call has one, not with that of a descriptor. */
export function fsError(name: string, code: string, target: unknown): Error {
  const syscall = name.replace(/Sync$/, '')
  const path = typeof target === 'string' ? target : undefined
  const message = `${code}: injected, ${syscall}${path === undefined ? '' : ` '${path}'`}`
  return Object.assign(new Error(message), {
    code,
    errno: -errnoOf(code),
    syscall,
    ...(path === undefined ? {} : { path }),
  })
}

/** As {@link NativeOs} gives it. */
export function nativeError(name: string, code: string): SystemError {
  return new SystemError(name, errnoOf(code))
}

/** Whether two names are of one error: EOPNOTSUPP and ENOTSUP, EWOULDBLOCK and EAGAIN. */
export function isSameErrno(a: string, b: string): boolean {
  return ERRNOS[a] !== undefined && ERRNOS[a] === ERRNOS[b]
}

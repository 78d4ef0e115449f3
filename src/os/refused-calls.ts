/**
 * Calls by descriptor that Node.js refuses to a program that runs with `--permission`, whatever it was granted. If addons
 * were granted, a native call does the same work.
 */
import { loadKoffi } from './koffi.ts'
import { hasCode, SystemError } from './system-error.ts'

/** Sound: none of them takes a pointer. */
const DECLARATIONS = {
  fdatasync: 'int fdatasync(int fd)',
  fsync: 'int fsync(int fd)',
  fchmod: 'int fchmod(int fd, uint32_t mode)',
  fchown: 'int fchown(int fd, uint32_t uid, uint32_t gid)',
} as const

type Name = keyof typeof DECLARATIONS

interface NativeCall {
  (...args: readonly number[]): number
  async(...args: readonly [...number[], (error: unknown, result: number) => void]): void
}

const bound = new Map<Name, NativeCall>()

/** Makes a call of `node:fs`, or, if Node.js refuses it, the native call with these arguments. */
export function unlessRefused(call: () => void, name: Name, ...args: readonly number[]): void {
  try {
    call()
  } catch (error) {
    if (!isRefusal(error)) throw error
    if (nativeCall(name)(...args) !== 0) throw failureOf(name)
  }
}

/** The same on another thread. */
export async function unlessRefusedAsync(
  call: () => Promise<void>,
  name: Name,
  ...args: readonly number[]
): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!isRefusal(error)) throw error
    await new Promise<void>((resolve, reject) => {
      nativeCall(name).async(...args, (cause, result) => {
        if (cause !== null) reject(cause)
        else if (result !== 0) reject(failureOf(name))
        else resolve()
      })
    })
  }
}

/** Node.js throws this before the call: nothing has been done, and it hides no failure of the disk. */
function isRefusal(error: unknown): boolean {
  return hasCode(error, 'ERR_ACCESS_DENIED')
}

function nativeCall(name: Name): NativeCall {
  const call = bound.get(name) ?? (loadKoffi().load(null).func(DECLARATIONS[name]) as unknown as NativeCall)
  bound.set(name, call)
  return call
}

/** koffi keeps the errno of a call on another thread for its callback. */
function failureOf(name: Name): SystemError {
  return new SystemError(name, loadKoffi().errno())
}

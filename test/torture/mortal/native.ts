/**
 * A writer for a millisecond or two: processes that are forked rather than started, so that thousands can be killed in
 * the time that a runtime takes to start a hundred.
 *
 * The child of a fork has one thread, the one that called it. It must not need any other: V8 runs with
 * `--single-threaded`, and the child never returns to the event loop.
 */
import { createRequire } from 'node:module'

/** The last one: what is young is copied with every fork, so there is to be little of it. */
export const FORK_FLAGS = ['--single-threaded', '--v8-pool-size=0', '--max-semi-space-size=1'] as const

// madvise(2): V8 excludes its memory from forks, since Node.js always executes another program in the child.
const MADV_DOFORK = 11
const USER_SPACE_FROM = 0x1_0000
const USER_SPACE_TO = 0x7fff_ffff_f000
// prctl(2)
const PR_SET_PDEATHSIG = 1
const SIGKILL = 9
const WNOHANG = 1

export interface Native {
  /** 0 in the child. */
  fork(): number
  /** How a child has ended: its wait status, or undefined while it lives. */
  reap(pid: number): number | undefined
  exit(code: number): void
  /** Has the kernel kill this process when its parent dies. */
  dieWithParent(): void
}

export function bindNative(): Native {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
  const libc = koffi.load(null)
  const fork = libc.func('int fork()') as () => number
  const waitpid = libc.func('int waitpid(int pid, _Out_ int *status, int options)') as (
    pid: number,
    status: number[],
    options: number,
  ) => number
  const exit = libc.func('void _exit(int code)') as (code: number) => void
  const madvise = libc.func('int madvise(uintptr_t address, size_t length, int advice)') as (
    address: number,
    lengthBytes: number,
    advice: number,
  ) => number
  const prctl = libc.func('int prctl(int option, unsigned long argument)') as (
    option: number,
    argument: number,
  ) => number
  return {
    fork: () => {
      // Ranges with nothing in them make it fail, but not before it has been through all the others.
      madvise(USER_SPACE_FROM, USER_SPACE_TO - USER_SPACE_FROM, MADV_DOFORK)
      return fork()
    },
    reap: (pid) => {
      const status = [0]
      return waitpid(pid, status, WNOHANG) === pid ? status[0] : undefined
    },
    exit,
    dieWithParent: () => void prctl(PR_SET_PDEATHSIG, SIGKILL),
  }
}

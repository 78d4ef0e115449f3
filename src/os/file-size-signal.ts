/** Makes growth beyond the limit on file sizes an error, on runtimes that do not do so themselves. */
import { constants } from 'node:os'
import type { Koffi } from './koffi.ts'

// sigaction(2): the handler comes first in `struct sigaction`, the C library's and the kernel's, and is an address.
const SIG_DFL = 0n
const SIG_IGN = 1n
/** More than the structure of any C library takes: glibc's and musl's have 152 bytes. */
const SIGACTION_BYTES = 256

/**
 * A call that would make a file longer than RLIMIT_FSIZE raises SIGXFSZ. That ends the process, unless the signal is
 * handled or ignored: then the call fails with EFBIG. Node.js and Bun ignore it, Deno does not.
 *
 * Ignoring it affects the whole process, and is sound all the same. Only the default is replaced, never a handler of the
 * user's, and a handler that is set later replaces this. No code can have relied on the default: it leaves none to run.
 * What changes: such calls elsewhere in the process fail instead of ending it, as on the other runtimes; and programs that
 * the process starts inherit that, if the runtime does not reset it. There is no narrower way: a limit can be set from
 * outside at any time (prlimit(2)), so no check before a call can tell whether the call will exceed it; and blocking the
 * signal for one thread leaves it pending.
 */
export function ignoreFileSizeSignal(libc: ReturnType<Koffi['load']>): void {
  const sigaction = libc.func('int sigaction(int signum, const void *act, void *oldact)') as (
    signal: number,
    action: null,
    before: Uint8Array,
  ) => number
  const setHandler = libc.func('intptr_t signal(int signum, intptr_t handler)') as (
    signal: number,
    handler: bigint,
  ) => unknown
  const { SIGXFSZ } = constants.signals
  const before = new Uint8Array(SIGACTION_BYTES)
  // Both are sound: without an action, sigaction only writes its structure, during the call, and SIG_IGN is no address.
  if (sigaction(SIGXFSZ, null, before) !== 0) return
  if (new DataView(before.buffer).getBigInt64(0, true) === SIG_DFL) setHandler(SIGXFSZ, SIG_IGN)
}

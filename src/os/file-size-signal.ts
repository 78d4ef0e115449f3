/** Makes growth beyond the limit on file sizes an error where the runtime does not do that itself. */
import { constants } from 'node:os'
import type { Koffi } from './koffi.ts'

// sigaction(2): the handler stands first in `struct sigaction`, of the C library as of the kernel, and as an address.
const SIG_DFL = 0n
const SIG_IGN = 1n
/** More than any C library's structure takes: glibc's and musl's have 152 bytes. */
const SIGACTION_BYTES = 256

/**
 * A call that would make a file longer than RLIMIT_FSIZE raises SIGXFSZ. That ends the process, unless the signal is
 * handled or ignored: then the call fails with EFBIG. Node.js and Bun ignore it, Deno does not.
 *
 * Ignoring it concerns the whole process, and is sound all the same. Only the default is replaced, never a handler of
 * the user's, and a handler that is set later replaces this. Nobody can have relied on the default: it leaves no code
 * to run. What changes is that such calls elsewhere in the process fail instead of ending it, as on the other
 * runtimes; and that programs it starts inherit that, where the runtime does not reset it. There is no narrower way:
 * a limit can be set from outside at any time (prlimit(2)), so that no look before a call tells whether it will be
 * kept; and to block the signal for one thread leaves it pending.
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
  // Sound, both of these: without an action the first only writes its structure, during the call, and SIG_IGN is no address.
  if (sigaction(SIGXFSZ, null, before) !== 0) return
  if (new DataView(before.buffer).getBigInt64(0, true) === SIG_DFL) setHandler(SIGXFSZ, SIG_IGN)
}

/**
 * Appends until the store can't grow: no file may be longer than `limitBytes` from when it begins. Args: `path`, `options`,
 * `limitBytes`. Says why not, and what the store has then.
 */
import { execFileSync } from 'node:child_process'
import { args, described, say } from './channel.mjs'
import { TickStore, tickAt } from './stores.mjs'

// Deno writes its caches whenever it likes, and would be ended by that: the first store has the signal ignored.
TickStore.create(`${args.path}.first`).close()
execFileSync('prlimit', ['--pid', String(process.pid), `--fsize=${args.limitBytes}`])
const store = TickStore.create(args.path, args.options)
let refusal
try {
  for (;;) store.append(tickAt(store.length))
} catch (error) {
  refusal = described(error)
}
const { length } = store
store.setVolume(length - 1, -1)
store.close()
const again = TickStore.open(args.path, args.options)
say({ refusal, length, lengthAgain: again.length, volume: again.getVolume(length - 1) })
again.close()

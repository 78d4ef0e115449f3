/**
 * Creates a store at `path` while no descriptor is left, not even to load koffi with, and again once there are some. Says
 * what each came to.
 */
import { execFileSync } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { args, described, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

execFileSync('prlimit', ['--pid', String(process.pid), '--nofile=100'])
const fds = []
try {
  for (;;) fds.push(openSync('/dev/null', 'r'))
} catch {
  // That was the last one.
}
const outcomes = [created()]
for (const fd of fds) closeSync(fd)
say([...outcomes, created()])

function created() {
  try {
    TickStore.create(args.path).close()
    return 'created'
  } catch (error) {
    return described(error)
  }
}

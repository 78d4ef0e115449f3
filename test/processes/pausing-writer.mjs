/**
 * Appends or sets, pausing in between. Args: `path`, `options`, `how` (append or set), `count`, `seed` of the pauses,
 * `pauseMs`: the longest, `isSilent`: to wake nobody. Begins on `go`, and says `done`; then closes on `close`.
 */
import { args, listen, say } from './channel.mjs'
import { TickStore, tickAt } from './stores.mjs'

const store = TickStore.open(args.path, args.options)
if (args.isSilent) store.wakes.wake = () => undefined
let seed = args.seed >>> 0
say({ ready: true })
const stopListening = listen((command) => {
  if (command === 'go') write().then(() => say({ done: true }))
  else {
    store.close()
    stopListening()
  }
})

async function write() {
  for (let i = 0; i < args.count; i++) {
    if (args.how === 'append') store.append(tickAt(store.length))
    else store.setPrice(i % store.length, i)
    await pause(random() * args.pauseMs)
  }
}

/** Sometimes none, sometimes until the event loop has been round, mostly for a while. */
async function pause(ms) {
  if (ms < 0.2 * args.pauseMs) return
  if (ms < 0.4 * args.pauseMs) await new Promise((resolve) => setImmediate(resolve))
  else await new Promise((resolve) => setTimeout(resolve, ms))
}

function random() {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
  return seed / 2 ** 32
}

/**
 * Appends records. Args: `path`, `options`, `count`: how many the store is to have. Says `ready` with the length, and
 * on `go` appends, closes and says `done`.
 */
import { args, listen, say } from './channel.mjs'
import { TickStore, tickAt } from './stores.mjs'

const store = TickStore.open(args.path, args.options)
say({ ready: true, length: store.length, recovered: store.recovered })
const stopListening = listen(() => {
  for (let i = store.length; i < args.count; i++) store.append(tickAt(i))
  store.close()
  say({ done: true })
  stopListening()
})

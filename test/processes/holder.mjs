/**
 * Opens a store and holds it. Args: `how` (create, open or openOrCreate), `path`, `options`. Says what it opened or
 * the error, then obeys: `close` closes and ends; `exit` ends without closing; `append` appends a record; `drop`
 * forgets the store without closing it and collects garbage until told to `exit`.
 */
import { args, described, listen, say } from './channel.mjs'
import { collectGarbage } from './collect-garbage.mjs'
import { TickStore } from './stores.mjs'

let store
let stopListening
try {
  store = TickStore[args.how](args.path, args.options)
  say({ length: store.length, recovered: store.recovered })
  stopListening = listen(obey)
} catch (error) {
  say(described(error))
}

function obey(command) {
  if (command === 'append') {
    store.append({ symbol: 'HELD', price: 1, volume: 2, timestamp: 3n })
    say({ length: store.length })
  } else if (command === 'drop') {
    store = undefined
    setInterval(collectGarbage, 10)
    say({ dropped: true })
  } else if (command === 'close') {
    store.close()
    say({ closed: store.closed })
    stopListening()
  } else {
    process.exit(0)
  }
}

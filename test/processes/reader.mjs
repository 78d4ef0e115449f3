/**
 * Follows a store that another process appends to. Args: `path`, `options`, `count`. Says `ready` with length and
 * capacity, checks each record as it appears, and says how many it has checked, or what was wrong.
 */
import { isDeepStrictEqual } from 'node:util'
import { args, described, say } from './channel.mjs'
import { TickStore, tickAt } from './stores.mjs'

const store = TickStore.open(args.path, { readOnly: true, ...args.options })
say({ ready: true, length: store.length, capacity: store.capacity })
try {
  say({ checked: follow(), capacity: store.capacity })
} catch (error) {
  say(described(error))
}
store.close()

function follow() {
  let checked = 0
  while (checked < args.count) {
    const length = store.length
    if (length < checked) throw new Error(`the length fell from ${checked} to ${length}`)
    for (const tick of store.records(checked, length)) check(tick, checked++)
    if (checked > 0) check(store.get(checked - 1), checked - 1)
  }
  return checked
}

function check(tick, index) {
  if (isDeepStrictEqual(tick, tickAt(index))) return
  throw new Error(`record ${index} reads ${tick.symbol}, ${tick.price}, ${tick.volume}, ${tick.timestamp}`)
}

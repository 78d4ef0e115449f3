/**
 * Opens a store that need not be there yet, and reads it. Args: `path`, `options` of openWhenReady, `count` of the records
 * that it waits for. Says when it waits, and then what it read, or what went wrong.
 */
import { args, described, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

async function read() {
  const ready = TickStore.openWhenReady(args.path, { readOnly: true, ...args.options })
  say({ waits: true })
  const store = await ready
  await store.waitForLength(args.count)
  say({ prices: [...store].map(({ price }) => price) })
  store.close()
}

// Not awaited, for that would keep some runtimes alive.
read().catch((error) => say(described(error)))

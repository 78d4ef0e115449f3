/**
 * Waits for what does not come, with nothing else to do. Args: `path`, `options` of waitForLength. Says how the wait
 * ended, if it does.
 */
import { args, described, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

const store = TickStore.open(args.path, { readOnly: true })
store.waitForLength(1e6, args.options).catch((error) => say(described(error)))
for (const how of ['appended', 'changed'])
  store[how]({ ref: false })
    .next()
    .catch(() => undefined)

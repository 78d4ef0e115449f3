/**
 * Opens a store as a thread that ends with it, one way or another. Args: `path`, `options`; `ending`: `close`, `end`, or
 * `stay`, to be terminated.
 */
import { args, listen, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

const { path, options, ending } = args
const store = TickStore.open(path, options)
const view = store.viewSymbol(0)
if (ending === 'close') store.close()
if (ending === 'stay') listen(() => undefined)
say({ firstByte: view[0] ?? 0 })

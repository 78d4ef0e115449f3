/**
 * One of many writers that all do the same at once. Args: `path`, `options`, `id`, `count`. Says that it is ready, waits
 * for a word, does `count` of each step, and says when it is done.
 * - every number of record 0 is raised, each by another kind of step
 * - record `id` + 1 is its own
 * - records are appended, alone and a few at a time: `volume` is the id, `price` counts up
 */
import { args, described, listen, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

const { path, options, id, count } = args

const recordOf = (sequence) => ({
  symbol: `${id}:${sequence}`.padEnd(10 + (sequence % 50), '.'),
  price: sequence,
  volume: id,
  timestamp: BigInt(sequence) * 1000n + BigInt(id),
})

try {
  const store = TickStore.open(path, options)
  const stopListening = listen(() => {
    try {
      run(store)
      say({ recovered: store.recovered })
    } catch (error) {
      say(described(error))
    }
    store.close()
    stopListening()
  })
  say({ ready: true })
} catch (error) {
  say(described(error))
}

function run(store) {
  let appended = 0
  for (let step = 0; step < count; step++) {
    store.addPrice(0, 1)
    store.addTimestamp(0, 1n)
    store.addVolume(id + 1, 1)
    store.modify(0, (record) => ({ ...record, volume: record.volume + 1 }))
    for (;;) {
      const symbol = store.getSymbol(0)
      if (store.compareAndSetSymbol(0, symbol, String(Number(symbol) + 1))) break
    }
    if (step % 4 !== 3) store.append(recordOf(appended++))
    else store.appendMany([recordOf(appended++), recordOf(appended++), recordOf(appended++)])
  }
}

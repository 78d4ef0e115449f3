import { TickStore } from './tick.store.ts'

using ticks = TickStore.openOrCreate('ticks.mmf')
const i = ticks.append({ symbol: 'AAPL', price: 189.5, volume: 52e6, timestamp: 1_700_000_000_000_000_000n })
ticks.setPrice(i, 190.25) // one field
ticks.update(i, { price: 190.5, volume: 53e6 }) // several fields, one consistent write
console.log(ticks.getPrice(i), ticks.length)

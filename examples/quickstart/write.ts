import { TickStore } from './tick.store.ts'

const ticks = TickStore.openOrCreate('ticks.mmf')
const i = ticks.append({ symbol: 'MSFT', price: 420, volume: 21e6, time: Date.now() })
ticks.update(i, { price: 421.5, volume: 22e6 }) // several fields in one consistent write
console.log(ticks.getPrice(i), ticks.length)
ticks.close()

import { defineStore, float64, str, uint53 } from 'mmapforge'

const fields = { symbol: str(16), price: float64, volume: float64, time: uint53 }
const TickStore = defineStore('Tick', { version: 1 }, fields)

const ticks = TickStore.openOrCreate('ticks.mmf')
const i = ticks.append({ symbol: 'AAPL', price: 189.5, volume: 52e6, time: Date.now() })
ticks.setPrice(i, 190.25) // in the file, and so in every process that has it open
console.log(JSON.stringify(ticks.get(i)))
ticks.close()

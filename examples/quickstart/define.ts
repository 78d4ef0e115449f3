import { defineStore, float64, named, str, uint64 } from 'mmapforge'

const TickStore = defineStore(
  'Tick',
  { version: 1 },
  { symbol: str(16), price: float64, volume: float64, timestamp: named('ts_ns', uint64) },
)
using ticks = TickStore.open('ticks.mmf')
ticks.setVolume(0, 54e6) // typed: setVolume(index: number, value: number)
console.log(ticks.get(0))

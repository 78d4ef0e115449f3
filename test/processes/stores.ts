/** The store classes of the scripts, for the tests. */
import { defineStore, float64, str, uint53, uint64 } from 'mmapforge'

/** The schema of the fixtures `ticks.mmf` and `empty.mmf`. */
export const TickStore = defineStore(
  'Tick',
  { version: 1 },
  { symbol: str(64), price: float64, volume: float64, timestamp: uint64 },
)

export const PairStore = defineStore('Pair', { version: 1 }, { low: uint53, text: str(24), high: uint53 })

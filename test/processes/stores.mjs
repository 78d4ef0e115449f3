/** The store classes of the scripts, on the built package, so that any runtime runs them; `stores.ts` has the same. */
import { defineStore, float64, str, uint53, uint64 } from '../../dist/index.js'

export const TickStore = defineStore(
  'Tick',
  { version: 1 },
  { symbol: str(64), price: float64, volume: float64, timestamp: uint64 },
)

/** The record that scripts append as the `i`th: fields that follow from the index, and texts of all lengths. */
export function tickAt(i) {
  return {
    symbol: `${i}:`.padEnd(i % 30, 'é€x'),
    price: i * 1.5,
    volume: i * 1000,
    timestamp: BigInt(i),
  }
}

/** Records that take a while to write: its fields are equal, its text is one letter, unless a write was cut short. */
export const SlowStore = defineStore(
  'Slow',
  { version: 1 },
  { head: uint53, text: str(2 ** 20), tail: uint53 },
)

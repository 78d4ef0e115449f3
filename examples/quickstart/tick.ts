import type { float64, str, uint53 } from 'mmapforge'

/** @mmapforge version=1 */
export interface Tick {
  symbol: str<16>
  price: float64
  volume: float64
  /** Milliseconds since 1970. */
  time: uint53
}

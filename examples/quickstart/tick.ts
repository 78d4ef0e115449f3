import type { float64, str, uint64 } from 'mmapforge'

/** @mmapforge version=1 */
export interface Tick {
  symbol: str<16>
  price: float64
  volume: float64
  /** Nanoseconds since 1970. @mmap ts_ns */
  timestamp: uint64
}

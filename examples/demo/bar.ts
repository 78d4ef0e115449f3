import type { float64, str, uint53 } from 'mmapforge'

/**
 * One day of an index: prices in points, volume in shares.
 *
 * @mmapforge version=1
 */
export interface Bar {
  /** YYYY-MM-DD */
  date: str<10>
  open: float64
  high: float64
  low: float64
  close: float64
  /**
   * The close, adjusted for dividends and splits.
   * @mmap adjclose
   */
  adjustedClose: float64
  /** Exceeds a uint32 on the busiest days. */
  volume: uint53
}

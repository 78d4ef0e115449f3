import type { float64, str, uint16, uint32 } from 'mmapforge'

/**
 * Something that moves about the world.
 *
 * @mmapforge version=1
 */
export interface Entity {
  name: str<16>
  x: float64
  y: float64
  /** Distance covered in a tick. */
  velocityX: float64
  velocityY: float64
  hitPoints: uint16
  /** The tick that it has come to. */
  tick: uint32
}

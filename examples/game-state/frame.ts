import type { uint32 } from 'mmapforge'

/**
 * A tick that is complete: all entities have come to it.
 *
 * @mmapforge version=1
 */
export interface Frame {
  tick: uint32
  /** Entities with any hit points left. */
  aliveCount: uint32
}

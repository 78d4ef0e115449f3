import type { str, uint32, uint53 } from 'mmapforge'

/**
 * How much of its allowance a client has used up.
 *
 * @mmapforge version=1
 */
export interface Limit {
  client: str<40>
  /** Requests since the window began, those refused included. */
  used: uint32
  /** When the window ends, in milliseconds since 1970. */
  endsAt: uint53
}

/** What a way to read works with. */
import type { Beat } from './heartbeat.ts'
import type { Counts } from './participant-spec.ts'
import type { Random } from './random.ts'
import type { EveryRecord, EveryStore, LanesRecord, LanesStore } from './records.ts'
import type { StaleWatch } from './stale-watch.ts'
import type { StoreWatch } from './store-watch.ts'

/** The stores of a round. */
export interface Watches {
  readonly every: StoreWatch<EveryRecord, EveryStore>
  readonly lanes: StoreWatch<LanesRecord, LanesStore>
}

/** Everything else. */
export interface ReadContext {
  readonly counts: Counts
  readonly random: Random
  readonly stale: StaleWatch
  /** Reads the writer's account anew. */
  readonly account: () => Beat
}

/** A step of at most some milliseconds. */
export type WayToRead = (watches: Watches, context: ReadContext) => void

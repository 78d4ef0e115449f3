/** What every thread of the example is started with: paths, since a store can't be sent to another thread. */
export interface GameOptions {
  readonly entitiesPath: string
  readonly framesPath: string
  readonly entityCount: number
  readonly tickCount: number
  /** The pause between two ticks. */
  readonly tickMs: number
}

/** What a thread says when it is done. */
export interface Report {
  /** Records that were not one state of an entity. */
  readonly tornCount: number
  readonly line: string
}

/** What the benchmark records: the shape of bench/results.json, which documents and charts are made from. */

export interface Timing {
  readonly name: string
  readonly medianNs: number
  readonly p99Ns: number
  /** Heap bytes an operation; null where it can't be told. */
  readonly bytes: number | null
}

export interface Baseline extends Timing {
  /** How many times as long ours takes, round by round. */
  readonly ratio: number
}

export interface Row {
  /** Stands for the operation between runs. */
  readonly id: string
  readonly label: string
  readonly ours: Timing
  readonly baselines: readonly Baseline[]
  /** To the baseline that counts: the named one, or the fastest; absent where there is none. */
  readonly ratio?: number
  /** The name of that baseline. */
  readonly against?: string
}

export interface Runtime {
  readonly name: string
  readonly version: string
}

export interface Machine {
  readonly processor: string
  readonly cores: number
  readonly memoryGiB: number
  readonly system: string
  readonly fileSystem: string
}

/** Rows of some part, as one runtime has them. */
export interface Part {
  readonly part: string
  readonly date: string
  readonly runtime: Runtime
  readonly rows: readonly Row[]
}

export interface PeerCell {
  readonly operation: string
  readonly medianNs: number
  readonly p99Ns: number
  /** How many times as long the peer takes as the store. */
  readonly ratio: number
  readonly bytes: number | null
}

export interface PeerResult {
  readonly peer: string
  readonly version: string
  /** How it is used, in a few words; or why it is not. */
  readonly note: string
  readonly cells: readonly PeerCell[]
}

export interface PeersPart {
  readonly date: string
  readonly runtime: Runtime
  readonly records: number
  readonly peers: readonly PeerResult[]
}

export interface ScalePoint {
  readonly count: number
  readonly subject: 'store' | 'bare'
  /** Nanoseconds an operation; `open` a whole opening; null where it was not measured. */
  readonly append: number | null
  readonly sequential: number | null
  readonly random: number | null
  readonly scan: number | null
  readonly open: number | null
}

export interface ScalePart {
  readonly date: string
  readonly runtime: Runtime
  readonly fileSystem: string
  readonly points: readonly ScalePoint[]
}

export interface FlightsResult {
  readonly subject: string
  readonly loadSeconds: number
  readonly querySeconds: number
}

export interface FlightsPart {
  readonly date: string
  readonly runtime: Runtime
  readonly file: string
  readonly rows: number
  readonly origins: number
  readonly decodeSeconds: number
  readonly results: readonly FlightsResult[]
}

/** Microseconds. */
export interface Latencies {
  readonly count: number
  readonly medianUs: number
  readonly p99Us: number
  readonly maxUs: number
}

/** From a write to where the code of a waiter in another process runs, and what a write costs that wakes. */
export interface WakeUps {
  readonly name: string
  readonly records: number
  readonly latency: Latencies
  readonly write: Latencies
}

/** What a wait in vain takes of one processor. */
export interface IdleWait {
  readonly name: string
  readonly records: number
  readonly cpuPercent: number
}

/** What the runtime's pool of threads does, without waits and with many. */
export interface OtherWork {
  readonly waits: number
  readonly without: { readonly stat: Latencies; readonly lookup: Latencies }
  readonly with: { readonly stat: Latencies; readonly lookup: Latencies }
}

export interface WakesPart {
  readonly date: string
  readonly runtime: Runtime
  readonly wakes: readonly WakeUps[]
  readonly idle: readonly IdleWait[]
  readonly others: OtherWork
}

export interface Results {
  readonly machine: Machine
  readonly parts: readonly Part[]
  readonly peers: readonly PeersPart[]
  readonly scale: readonly ScalePart[]
  readonly flights: readonly FlightsPart[]
  readonly wakes: readonly WakesPart[]
}

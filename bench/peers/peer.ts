/** What is asked of a peer: the same work on records of the same five fields. */

export interface MarketRecord {
  id: number
  price: number
  volume: number
  marketCap: number
  stale: boolean
}

/** Each is a class of its own, called from loops that are compiled for it alone, so that nothing slows it for others' sake. */
export interface Peer {
  /** The price of a record. */
  get(index: number): number
  set(index: number, price: number): void
  /** All fields of a record, as an object. */
  record(index: number): unknown
  append(record: MarketRecord): void
  /** The sum of all prices. */
  sum(): number
  /** Runs many operations as one, where the peer's documentation advises it: a transaction. */
  batch?(run: () => void, writes: boolean): void
  close(): void
}

export interface PeerKind {
  /** The package, or a few words. */
  readonly name: string
  /** How it is used. */
  readonly note: string
  /** The package to install, where it is none of the runtime's own. */
  readonly package?: string
  /** Whether an operation takes microseconds: then fewer are run. */
  readonly isSlow?: boolean
  /** Gives what opens an empty one, or throws where this runtime can't. */
  load(load: Loader): Promise<Opener>
}

/** Loads an installed package, or a module of the runtime; throws where it is not there. */
export type Loader = (name: string) => Promise<Record<string, unknown>>

/**
 * @param path - of a file that does not exist, in a folder of its own
 * @param capacity - records to make room for, where that has to be said ahead
 */
export type Opener = (path: string, capacity: number) => Peer

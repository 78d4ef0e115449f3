/** The rate limit: so many requests of a client in a window of time, counted by all workers together. */
import { LimitStore } from './limit.store.ts'

/** As the annotation has it. */
export const MAX_CLIENT_BYTES = 40

export interface Allowance {
  /** Requests that a client may make in a window. */
  readonly limit: number
  readonly windowMs: number
}

export interface Verdict {
  readonly isAllowed: boolean
  /** Requests that are left in this window. */
  readonly left: number
  /** How long the window lasts from now. */
  readonly endsInMs: number
}

/** One for each worker: each opens the store by its path, as one of many writers. */
export class RateLimiter {
  readonly #limits: LimitStore
  readonly #allowance: Allowance
  /** The records of the clients that this worker has met. */
  readonly #indices = new Map<string, number>()
  /** Records that it has looked at. */
  #knownCount = 0

  constructor(path: string, allowance: Allowance) {
    this.#limits = LimitStore.openOrCreate(path, { writers: 'many' })
    this.#allowance = allowance
  }

  /**
   * Counts a request.
   *
   * @param now in milliseconds since 1970
   * @throws `ERR_STRING_TOO_LONG` for a name that is; `ERR_WRITER_STALLED`
   */
  take(client: string, now: number): Verdict {
    const { limit, windowMs } = this.#allowance
    const limits = this.#limits
    const index = this.#indexOf(client)
    if (limits.getEndsAt(index) <= now) {
      // Two fields change together, and only if no other worker has been here first: hence not two setters.
      limits.modify(index, (record) =>
        record.endsAt > now ? record : { ...record, used: 0, endsAt: now + windowMs },
      )
    }
    // No two workers are given the same number. A window that ends in between counts the request in the next one.
    const used = limits.addUsed(index, 1)
    return {
      isAllowed: used <= limit,
      left: Math.max(0, limit - used),
      endsInMs: Math.max(0, limits.getEndsAt(index) - now),
    }
  }

  close(): void {
    this.#limits.close()
  }

  /**
   * The record of a client. Two workers may append one for a new client at the same moment: the first of them counts, which
   * all workers agree upon, since records keep their order and are never removed.
   */
  #indexOf(client: string): number {
    const index = this.#indices.get(client) ?? this.#learn(client)
    if (index !== undefined) return index
    this.#limits.append({ client, used: 0, endsAt: 0 })
    return this.#learn(client) as number
  }

  /** Looks through the records that other workers have appended since. */
  #learn(client: string): number | undefined {
    const to = this.#limits.length
    this.#limits.scan({ fields: ['client'], from: this.#knownCount, to }, (name, index) => {
      if (!this.#indices.has(name)) this.#indices.set(name, index)
    })
    this.#knownCount = to
    return this.#indices.get(client)
  }
}

/** What one reader has seen of one store, and whether what it sees now can be. */
import type { Beat } from './heartbeat.ts'
import type { Violation } from './participant-spec.ts'
import type { Fault } from './records.ts'

export interface WatchedStore<R> {
  readonly length: number
  get(index: number): R
  records(from: number): Iterable<R>
}

export interface WatchedKind<R> {
  readonly name: 'every' | 'lanes'
  readonly generationOf: (record: R) => number
  readonly faultOf: (record: R) => Fault | undefined
}

export type ReportViolation = (found: Omit<Violation, 'by' | 'round'>, times: number) => void

interface Limits {
  readonly generation: number
  readonly generationDone: number
  readonly count: number
  readonly countDone: number
}

export class StoreWatch<R extends object, S extends WatchedStore<R>> {
  readonly store: S
  readonly name: 'every' | 'lanes'
  readonly #round: number
  readonly #kind: WatchedKind<R>
  readonly #report: ReportViolation
  /** Reads the writer's account anew. */
  readonly #account: () => Beat
  #beat: Beat
  #lastLength = 0
  /** Greatest generation seen, by index. */
  #generations = new Float64Array(1024)

  constructor(store: S, round: number, kind: WatchedKind<R>, account: () => Beat, report: ReportViolation) {
    this.store = store
    this.name = kind.name
    this.#kind = kind
    this.#account = account
    this.#report = report
    this.#beat = account()
    this.#round = round
  }

  found(kind: Violation['kind'], operation: string, evidence: unknown, times = 1): void {
    this.#report({ kind, operation: `${this.name}.${operation}`, evidence: shown(evidence) }, times)
  }

  /** The length, checked: it only grows, is never behind what was done before, nor ahead of what the writer does. */
  length(): number {
    const { length } = this.store
    if (length < this.#lastLength) {
      this.found('backwards', 'length', `${length} after ${this.#lastLength}`)
    }
    if (length > this.#limits().count) {
      this.#beat = this.#account()
      const { count } = this.#limits()
      if (length > count)
        this.found('impossible', 'length', `${length}, the writer has reached at most ${count}`)
    }
    this.#lastLength = length
    return length
  }

  /** Reads a record and checks it. */
  read(index: number): void {
    this.check(index, this.store.get(index), `get(${index})`)
  }

  check(index: number, record: R, operation: string): void {
    const fault = this.#kind.faultOf(record)
    if (fault !== undefined) {
      this.found(fault.kind, operation, { fields: fault.fields, record })
      return
    }
    const generation = this.#kind.generationOf(record)
    const last = this.#seen(index)
    if (generation < last) this.found('backwards', operation, { last, record })
    if (generation > this.#limits().generation) {
      this.#beat = this.#account()
      const { generation: limit } = this.#limits()
      if (generation > limit) this.found('impossible', operation, { limit, record })
    }
    this.#generations[index] = generation
  }

  /** Whatever the writer says it has done, is there. */
  checkAgainstAccount(): void {
    this.#beat = this.#account()
    const done = this.#limits()
    const length = this.length()
    if (length < done.countDone) {
      this.found('stale', 'length', `${length}, the writer has appended ${done.countDone}`)
    }
    const record = this.store.get(0)
    this.check(0, record, 'get(0)')
    if (this.#kind.generationOf(record) < done.generationDone) {
      this.found('stale', 'get(0)', { written: done.generationDone, record })
    }
  }

  #limits(): Limits {
    const beat = this.#beat
    // The writer has left these stores: its account tells of other ones.
    if (beat.round !== this.#round) {
      return { generation: beat.generationLimit, generationDone: 0, count: Infinity, countDone: 0 }
    }
    return this.name === 'every'
      ? {
          generation: beat.generationLimit,
          generationDone: beat.everyGenerationDone,
          count: beat.everyCountLimit,
          countDone: beat.everyCountDone,
        }
      : {
          generation: beat.generationLimit,
          generationDone: beat.lanesGenerationDone,
          count: beat.lanesCountLimit,
          countDone: beat.lanesCountDone,
        }
  }

  #seen(index: number): number {
    if (index >= this.#generations.length) {
      const larger = new Float64Array(2 * index)
      larger.set(this.#generations)
      this.#generations = larger
    }
    return this.#generations[index] as number
  }
}

/** Values as evidence: bigints and bytes included, which JSON does not know. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return `${part}n`
    if (part instanceof Uint8Array) return `bytes ${[...part].join(' ')}`
    return part
  })
}

/** A reader of what mortal writers leave: whatever becomes of them, it sees whole records, or waits, or gives up. */
import { isHalves } from '../derived-values.ts'
import { Random } from '../random.ts'
import { RESERVES } from '../round-files.ts'
import type { Session } from '../session.ts'
import { shown } from '../store-watch.ts'
import { Ledger } from './ledger.ts'
import {
  ACCOUNT_COUNT,
  faultsOf,
  HOT_COUNT,
  isBlank,
  type MortalRecord,
  type MortalStore,
} from './records.ts'
import { openerFor, type Round, roundOf } from './rounds.ts'

/** Short: a record whose writer died is whole again only when another writer needs it. */
const STALL_TIMEOUT_MS = 50
const READS_IN_A_ROW = 4000
const RECORDS_IN_A_ROW = 300
/** Records seen without fields, to be looked at again: one that was counted before it was filled has some by then. */
const MAX_BLANKS = 256

export class MortalReader {
  readonly #session: Session
  readonly #ledger: Ledger
  readonly #random: Random
  #round: Round | undefined
  #store: MortalStore | undefined
  #lastLength = 0
  #versions: number[] = []
  #blanks: number[] = []

  constructor(session: Session) {
    this.#session = session
    this.#ledger = new Ledger(session.spec.directory)
    this.#random = new Random(session.spec.seed)
  }

  get round(): number {
    return this.#round?.number ?? 0
  }

  step(): void {
    try {
      if (this.#ledger.round !== this.round) this.#follow()
      const store = this.#store
      if (store === undefined) return
      const ways = [this.#solos, this.#pairs, this.#numbers, this.#hotRecords, this.#appended, this.#scan]
      const way = ways[this.#random.below(ways.length)] as (store: MortalStore) => void
      way.call(this, store)
      this.#length(store)
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
    }
  }

  close(): void {
    this.#store?.close()
    this.#ledger.close()
  }

  #follow(): void {
    this.#lookAgain()
    this.#store?.close()
    this.#store = undefined
    this.#round = undefined
    const { round } = this.#ledger
    if (round === 0) return
    const next = roundOf(this.#session.spec.directory, this.#session.spec.campaignSeed ?? 0, round)
    const reserve = RESERVES[this.#random.below(RESERVES.length)]
    try {
      const options = { readOnly: true, reserve, stallTimeoutMs: STALL_TIMEOUT_MS }
      this.#store = openerFor(this.#session.spec.variant, next.width).open(next.path, options)
    } catch (error) {
      // The round may be over already, and its files gone.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && this.#ledger.round !== round) return
      throw error
    }
    this.#round = next
    this.#lastLength = 0
    this.#versions = []
    this.#blanks = []
  }

  // ---- ways to read

  #solos(store: MortalStore): void {
    const index = this.#hotIndex()
    for (let i = 0; i < READS_IN_A_ROW; i++) {
      const solo = store.getSolo(index)
      if (!isHalves(solo)) this.#found('torn', `getSolo(${index})`, solo)
    }
    this.#session.counts.reads += READS_IN_A_ROW
  }

  #pairs(store: MortalStore): void {
    const index = this.#hotIndex()
    for (let i = 0; i < READS_IN_A_ROW; i++) {
      const right = store.getRight(index)
      if (!isHalves(right)) this.#found('torn', `getRight(${index})`, right)
    }
    this.#session.counts.reads += READS_IN_A_ROW
  }

  #numbers(store: MortalStore): void {
    const index = this.#random.below(ACCOUNT_COUNT)
    let last = 0
    for (let i = 0; i < READS_IN_A_ROW; i++) {
      const version = store.getVersion(index)
      if (version < last) this.#found('backwards', `getVersion(${index})`, `${version} after ${last}`)
      last = version
    }
    this.#version(index, last)
    this.#session.counts.reads += READS_IN_A_ROW
  }

  #hotRecords(store: MortalStore): void {
    const index = this.#hotIndex()
    for (let i = 0; i < RECORDS_IN_A_ROW; i++) this.#check(index, store.get(index), 'get')
    this.#session.counts.reads += RECORDS_IN_A_ROW
  }

  /** Mostly the last ones. */
  #appended(store: MortalStore): void {
    for (let i = 0; i < RECORDS_IN_A_ROW; i++) {
      const length = this.#length(store)
      const range = length - HOT_COUNT
      if (range <= 0) return
      const index = HOT_COUNT + (i % 4 === 0 ? this.#random.below(range) : Math.max(0, range - 1 - (i % 3)))
      this.#check(index, store.get(index), 'get')
    }
    this.#session.counts.reads += RECORDS_IN_A_ROW
  }

  #scan(store: MortalStore): void {
    const length = this.#length(store)
    const to = Math.min(length, HOT_COUNT + RECORDS_IN_A_ROW)
    store.scan({ fields: ['right', 'u53', 'generation'], to }, (right, u53, generation, index) => {
      const isWhole = index < HOT_COUNT ? isHalves(right) && isHalves(u53) : right === u53
      if (!isWhole) this.#found('torn', `scan at ${index}`, { right, u53, generation })
    })
    this.#session.counts.reads += to
  }

  // ---- what is seen

  #hotIndex(): number {
    const index = this.#random.below(HOT_COUNT)
    // The first of each kind is where the writers are.
    return index < 2 ? 0 : index < 5 ? ACCOUNT_COUNT : index
  }

  #check(index: number, record: MortalRecord, operation: string): void {
    if (index < ACCOUNT_COUNT) this.#version(index, record.version)
    if (index >= HOT_COUNT && isBlank(record)) {
      if (this.#blanks.length < MAX_BLANKS) this.#blanks.push(index)
      return
    }
    const faults = faultsOf(record, (this.#round as Round).width)
    if (faults.length > 0) this.#found('torn', `${operation}(${index})`, { faults, record })
  }

  #version(index: number, version: number): void {
    const last = this.#versions[index] ?? 0
    if (version < last) this.#found('backwards', `version of ${index}`, `${version} after ${last}`)
    this.#versions[index] = version
  }

  #length(store: MortalStore): number {
    const { length } = store
    if (length < this.#lastLength) this.#found('backwards', 'length', `${length} after ${this.#lastLength}`)
    this.#lastLength = length
    return length
  }

  /** Nobody writes to a record that was appended without fields. */
  #lookAgain(): void {
    const store = this.#store
    if (store === undefined) return
    for (const index of this.#blanks) {
      const record = store.get(index)
      if (!isBlank(record)) this.#found('zeroed', `get(${index})`, record)
    }
  }

  #failed({ code = '', message }: NodeJS.ErrnoException): void {
    if (code === 'ERR_WRITER_STALLED') this.#session.counts.stalls++
    else this.#found('error', 'a read', `${code} ${message}`)
  }

  #found(kind: 'torn' | 'zeroed' | 'backwards' | 'error', operation: string, evidence: unknown): void {
    this.#session.violation({ kind, operation, round: this.round, evidence: shown(evidence) })
  }
}

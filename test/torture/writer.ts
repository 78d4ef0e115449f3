/** The one writer: every way to write there is, on few records, so that readers meet it. */
import { join } from 'node:path'
import { halves, note } from './derived-values.ts'
import { HEARTBEAT_FILE, Heartbeat } from './heartbeat.ts'
import { Random } from './random.ts'
import { type EveryStore, everyOf, type LanesStore, lanesOf } from './records.ts'
import { RESERVES, removeRound, roundPath } from './round-files.ts'
import type { Session } from './session.ts'
import { type Variant, variantNamed } from './variants.ts'

/** Operations between two accounts of the writer. */
const OPERATIONS_PER_BEAT = 192
const BURST_WRITES = 64
const APPENDS_IN_A_ROW = 4
const MAX_GENERATIONS_PER_BEAT = OPERATIONS_PER_BEAT * BURST_WRITES + 2
const MAX_APPENDS_PER_BEAT = OPERATIONS_PER_BEAT * APPENDS_IN_A_ROW
/** A round ends when its stores are full, but not before this. */
const MIN_ROUND_MS = 300
/** Stores are full at 2^9 to 2^15 records: 3 to 9 times doubled since the initial 64. */
const MIN_FULL_LOG2 = 9
const FULL_LOG2_RANGE = 7

interface Stores {
  readonly every: EveryStore
  readonly lanes: LanesStore
}

export class Writer {
  round = 0
  readonly #session: Session
  readonly #variant: Variant
  readonly #random: Random
  readonly #heartbeat: Heartbeat
  #stores: Stores | undefined
  #generation = 0
  #beat = 0
  #fullCount = 0
  #roundEndsAtMs = 0

  constructor(session: Session) {
    this.#session = session
    this.#variant = variantNamed(session.spec.variant)
    this.#random = new Random(session.spec.seed)
    this.#heartbeat = new Heartbeat(join(session.spec.directory, HEARTBEAT_FILE), 'write')
  }

  /** The writes between two accounts. */
  step(): void {
    const stores = this.#stores ?? this.#nextRound()
    for (let i = 0; i < OPERATIONS_PER_BEAT; i++) this.#operation(stores)
    stores.every.set(0, everyOf(++this.#generation))
    stores.lanes.set(0, lanesOf(++this.#generation))
    this.#session.counts.writes += 2
    this.#account(stores)
    const isFull = stores.every.length >= this.#fullCount && stores.lanes.length >= this.#fullCount
    if (isFull && performance.now() > this.#roundEndsAtMs) this.#nextRound()
  }

  close(): void {
    this.#stores?.every.close()
    this.#stores?.lanes.close()
    this.#heartbeat.close()
  }

  #operation({ every, lanes }: Stores): void {
    const { counts } = this.#session
    const random = this.#random
    switch (random.below(10)) {
      case 0:
        this.#append(every, () => every.append(everyOf(++this.#generation)), 1)
        return
      case 1:
        if (random.below(2) === 0) {
          this.#append(lanes, () => lanes.append(lanesOf(++this.#generation)), APPENDS_IN_A_ROW)
        } else {
          this.#appendMany(lanes)
        }
        return
      case 2:
      case 3:
        every.set(this.#index(every), everyOf(++this.#generation))
        counts.writes++
        return
      case 4: {
        const left = ++this.#generation
        every.update(this.#index(every), { left, right: halves(left) })
        counts.writes++
        return
      }
      case 5:
        every.setSolo(this.#index(every), halves(++this.#generation))
        every.setNote(this.#index(every), note(++this.#generation))
        counts.writes += 2
        return
      case 6:
        lanes.set(this.#index(lanes), lanesOf(++this.#generation))
        counts.writes++
        return
      default:
        // Back to back, so that a reader of this record hardly ever finds it at rest.
        for (let i = 0; i < BURST_WRITES; i++) lanes.set(0, lanesOf(++this.#generation))
        counts.writes += BURST_WRITES
    }
  }

  #append(store: EveryStore | LanesStore, append: () => number, count: number): void {
    const { counts } = this.#session
    for (let i = 0; i < count && store.length < this.#fullCount; i++) {
      const { capacity, length } = store
      const index = append()
      if (index !== length) throw new Error(`append gave the index ${index}, the length was ${length}`)
      counts.writes++
      counts.appends++
      if (store.capacity !== capacity) counts.growths++
    }
  }

  /** Records that all appear at once. */
  #appendMany(lanes: LanesStore): void {
    const { counts } = this.#session
    const { capacity, length } = lanes
    if (length + APPENDS_IN_A_ROW > this.#fullCount) return
    const index = lanes.appendMany(
      Array.from({ length: APPENDS_IN_A_ROW }, () => lanesOf(++this.#generation)),
    )
    if (index !== length) throw new Error(`appendMany gave the index ${index}, the length was ${length}`)
    counts.writes += APPENDS_IN_A_ROW
    counts.appends += APPENDS_IN_A_ROW
    if (lanes.capacity !== capacity) counts.growths++
  }

  /** Mostly the first record, often the last, else any. */
  #index(store: EveryStore | LanesStore): number {
    const { length } = store
    switch (this.#random.below(8)) {
      case 0:
        return this.#random.below(length)
      case 1:
      case 2:
        return length - 1
      default:
        return 0
    }
  }

  #nextRound(): Stores {
    const { spec, counts } = this.#session
    const previous = this.#stores
    this.round++
    counts.rounds++
    this.#fullCount = 2 ** (MIN_FULL_LOG2 + this.#random.below(FULL_LOG2_RANGE))
    const reserve = RESERVES[this.#random.below(RESERVES.length)]
    const every = this.#variant.every.create(roundPath(spec.directory, this.round, 'every'), { reserve })
    const lanes = this.#variant.lanes.create(roundPath(spec.directory, this.round, 'lanes'), { reserve })
    this.#stores = { every, lanes }
    every.append(everyOf(++this.#generation))
    lanes.append(lanesOf(++this.#generation))
    this.#account(this.#stores)
    this.#roundEndsAtMs = performance.now() + MIN_ROUND_MS
    previous?.every.close()
    previous?.lanes.close()
    if (previous !== undefined) removeRound(spec.directory, this.round - 1)
    return this.#stores
  }

  /** States what is done, and how far the next writes may go: all before any of them. */
  #account({ every, lanes }: Stores): void {
    const limit = (length: number): number =>
      Math.max(length, Math.min(this.#fullCount, length + MAX_APPENDS_PER_BEAT))
    this.#heartbeat.write({
      round: this.round,
      beat: ++this.#beat,
      generationLimit: this.#generation + MAX_GENERATIONS_PER_BEAT,
      everyGenerationDone: every.get(0).generation,
      lanesGenerationDone: lanes.getLane0(0),
      everyCountDone: every.length,
      everyCountLimit: limit(every.length),
      lanesCountDone: lanes.length,
      lanesCountLimit: limit(lanes.length),
    })
  }
}

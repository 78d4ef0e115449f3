/** A reader: follows the writer from round to round, and reads its stores in every way there is. */
import { join } from 'node:path'
import { type Beat, HEARTBEAT_FILE, Heartbeat } from './heartbeat.ts'
import { Random } from './random.ts'
import { type EveryRecord, faultOfEvery, faultOfLanes, type LanesRecord } from './records.ts'
import { RESERVES, roundPath } from './round-files.ts'
import type { Session } from './session.ts'
import { StaleWatch } from './stale-watch.ts'
import { type ReportViolation, StoreWatch, type WatchedKind } from './store-watch.ts'
import { type Variant, variantNamed } from './variants.ts'
import type { ReadContext, Watches, WayToRead } from './watches.ts'
import { WAYS_TO_READ } from './ways-to-read.ts'

const EVERY: WatchedKind<EveryRecord> = {
  name: 'every',
  generationOf: ({ generation }) => generation,
  faultOf: faultOfEvery,
}
const LANES: WatchedKind<LanesRecord> = {
  name: 'lanes',
  generationOf: ({ lane0 }) => lane0,
  faultOf: faultOfLanes,
}

const STEP_MS = 3

export class Reader {
  round = 0
  readonly #session: Session
  readonly #variant: Variant
  readonly #heartbeat: Heartbeat
  readonly #context: ReadContext
  #watches: Watches | undefined

  constructor(session: Session) {
    const { spec, counts } = session
    this.#session = session
    this.#variant = variantNamed(spec.variant)
    this.#heartbeat = new Heartbeat(join(spec.directory, HEARTBEAT_FILE), 'read')
    const account = (): Beat => this.#heartbeat.read()
    this.#context = { counts, account, random: new Random(spec.seed), stale: new StaleWatch(account) }
  }

  /** One way to read, for a few milliseconds. */
  step(): void {
    const { account, random } = this.#context
    try {
      const { round } = account()
      const watches = round === this.round ? this.#watches : this.#followTo(round)
      if (watches === undefined) return
      const read = WAYS_TO_READ[random.below(WAYS_TO_READ.length)] as WayToRead
      // Each way gets the same time, whether it takes microseconds or milliseconds.
      const endsAtMs = performance.now() + STEP_MS
      do read(watches, this.#context)
      while (performance.now() < endsAtMs)
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
    }
  }

  close(): void {
    this.#closeStores()
    this.#heartbeat.close()
  }

  #followTo(round: number): Watches | undefined {
    this.#closeStores()
    try {
      this.#watches = this.#open(round)
    } catch (error) {
      // The writer may have gone on to the next round, and removed this one's files, since it said that it was here.
      const isGone = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (isGone && this.#context.account().round !== round) return undefined
      throw error
    }
    this.round = round
    return this.#watches
  }

  #open(round: number): Watches {
    const { random, account } = this.#context
    const { directory, stallTimeoutMs } = this.#session.spec
    const reserve = RESERVES[random.below(RESERVES.length)]
    const options = { readOnly: true, reserve, stallTimeoutMs }
    const every = this.#variant.every.open(roundPath(directory, round, 'every'), options)
    try {
      const lanes = this.#variant.lanes.open(roundPath(directory, round, 'lanes'), options)
      const report: ReportViolation = (found, times) => this.#session.violation({ ...found, round }, times)
      return {
        every: new StoreWatch(every, round, EVERY, account, report),
        lanes: new StoreWatch(lanes, round, LANES, account, report),
      }
    } catch (error) {
      every.close()
      throw error
    }
  }

  #closeStores(): void {
    this.round = 0
    this.#watches?.every.store.close()
    this.#watches?.lanes.store.close()
    this.#watches = undefined
  }

  #failed({ code = '', message }: NodeJS.ErrnoException): void {
    const { spec, counts } = this.#session
    const isStalled = code === 'ERR_WRITER_STALLED'
    if (isStalled) counts.stalls++
    // Whoever sets a timeout wants to see stalls; with the default one, a live writer never takes so long.
    if (isStalled && spec.stallTimeoutMs !== undefined) return
    this.#session.violation({
      kind: isStalled ? 'stalled' : 'error',
      operation: 'a read',
      round: this.round,
      evidence: `${code} ${message}`,
    })
  }
}

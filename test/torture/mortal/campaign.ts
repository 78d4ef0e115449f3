/** The torture of mortal writers, from start to end: round after round, each with an audit. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { asProcess, type Carried, startProcess } from '../carriers.ts'
import type { Violation } from '../participant-spec.ts'
import { RUNNING_FILE } from '../session.ts'
import { type CampaignResult, Tally } from '../tally.ts'
import { audit } from './audit.ts'
import { nurseriesOf, readersOf } from './cast.ts'
import { Ledger } from './ledger.ts'
import type { MortalOptions } from './options.ts'
import { createRound, type Round, removeRoundFiles, roundOf } from './rounds.ts'
import { SEAT_COUNT_NAMES } from './seat.ts'
import { type MortalSpec, VIOLATIONS_FILE } from './spec.ts'

const NURSERY_ENTRY = new URL('./nursery-entry.js', import.meta.url)
const POLL_INTERVAL_MS = 20
/** How long participants may take to start, or a round to come to its end. */
const PATIENCE_MS = 60_000
const HANG_TIMEOUT_MS = 30_000
/** Doubts and appends that a seat must have room for, or the round ends. */
const SPARE_DOUBTS = 200

export class MortalCampaign {
  readonly #options: MortalOptions
  readonly #directory = mkdtempSync(join(tmpdir(), 'mmapforge-torture-'))
  readonly #ledger: Ledger
  readonly #tally: Tally
  readonly #carried: Carried[] = []
  readonly #spec: MortalSpec
  #violationsRead = 0
  #rounds = 0
  #audited = { rolledBack: 0, released: 0 }

  constructor(options: MortalOptions) {
    const { variant, mode, seed, stallTimeoutMs, stopEveryMs } = options
    const directory = this.#directory
    this.#options = options
    this.#ledger = new Ledger(directory)
    this.#tally = new Tally(directory)
    this.#spec = { directory, variant, mode, seed, stallTimeoutMs, stopsHappen: stopEveryMs > 0 }
  }

  async run(): Promise<CampaignResult> {
    const interrupted = (): void => {
      this.#cleanUp()
      process.exit(130)
    }
    process.on('SIGINT', interrupted).on('SIGTERM', interrupted)
    try {
      writeFileSync(join(this.#directory, RUNNING_FILE), '')
      let previous: Round | undefined
      const startedAtMs = performance.now()
      let endsAtMs = Infinity
      while (!this.#isDecided && performance.now() < endsAtMs) {
        const round = roundOf(this.#directory, this.#options.seed, ++this.#rounds)
        createRound(round)
        this.#ledger.beginRound(round.number)
        if (previous === undefined) this.#start()
        if (!(await this.#areAtWork(startedAtMs))) break
        if (endsAtMs === Infinity) endsAtMs = performance.now() + this.#options.seconds * 1000
        await this.#let(round, endsAtMs)
        this.#ledger.setState(round.number, 'idle')
        const areQuiet = await this.#waitForQuiet(round)
        if (previous !== undefined) removeRoundFiles(previous)
        previous = round
        if (!areQuiet) break
        this.#audit(round)
      }
      await this.#end()
      return this.#result()
    } finally {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
      this.#cleanUp()
    }
  }

  #start(): void {
    for (const { name, command, spec } of nurseriesOf(this.#options, this.#spec)) {
      this.#carry(startProcess(name, command, NURSERY_ENTRY, spec))
    }
    for (const { command, spec } of readersOf(this.#options, this.#spec)) {
      this.#tally.started(spec.name)
      this.#carry(asProcess(spec, command))
    }
  }

  #carry(carried: Carried): void {
    this.#carried.push(carried)
    carried.ended.then((fault) => {
      this.#tally.ended(carried.name, fault)
      if (fault !== undefined && carried.name.startsWith('nursery')) {
        this.#tally.found({
          kind: 'crash',
          by: carried.name,
          operation: 'its run',
          round: 0,
          evidence: fault,
        })
      }
    })
  }

  // ---- within a round

  async #areAtWork(startedAtMs: number): Promise<boolean> {
    const areWriting = (): boolean =>
      Array.from({ length: this.#options.writers }, (_, i) => this.#ledger.seat(i)).every(
        (seat) => seat.count('writes') > 0,
      )
    while (!(this.#tally.isAtWork && areWriting()) && !this.#isDecided) {
      if (performance.now() - startedAtMs > PATIENCE_MS) {
        this.#hang(`not at work after ${PATIENCE_MS} ms`)
        return false
      }
      await this.#poll()
    }
    return true
  }

  /** Lets a round go on until its time is up, or the ledger is full. */
  async #let({ durationMs }: Round, endsAtMs: number): Promise<void> {
    const roundEndsAtMs = Math.min(performance.now() + durationMs, endsAtMs)
    while (performance.now() < roundEndsAtMs && !this.#isDecided && this.#hasRoom()) await this.#poll()
  }

  #hasRoom(): boolean {
    return Array.from({ length: this.#options.writers }, (_, i) => this.#ledger.seat(i)).every(
      (seat) => seat.doubtsLeft > SPARE_DOUBTS,
    )
  }

  async #waitForQuiet({ number }: Round): Promise<boolean> {
    const limitMs = performance.now() + this.#options.stallTimeoutMs + PATIENCE_MS
    const areQuiet = (): boolean =>
      Array.from({ length: this.#options.writers }, (_, i) => this.#ledger.seat(i)).every(
        ({ quietRound }) => quietRound === number,
      )
    while (!areQuiet()) {
      if (performance.now() > limitMs || this.#tally.someoneFell) {
        this.#hang('its writers did not come to their end')
        return false
      }
      await this.#poll()
    }
    return true
  }

  #audit(round: Round): void {
    const { violations, rolledBack, released } = audit(this.#ledger, round)
    for (const violation of violations) this.#tally.found(violation)
    this.#audited.rolledBack += rolledBack
    this.#audited.released += released
  }

  async #poll(): Promise<void> {
    await sleep(POLL_INTERVAL_MS)
    this.#tally.poll()
    const path = join(this.#directory, VIOLATIONS_FILE)
    if (!existsSync(path)) return
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
    for (const line of lines.slice(this.#violationsRead)) this.#tally.found(JSON.parse(line) as Violation)
    this.#violationsRead = lines.length
  }

  #hang(evidence: string): void {
    this.#tally.found({
      kind: 'hang',
      by: 'the campaign',
      operation: 'a round',
      round: this.#rounds,
      evidence,
    })
  }

  get #isDecided(): boolean {
    const { violationCount, someoneFell } = this.#tally
    return someoneFell || (violationCount > 0 && this.#options.untilCaught)
  }

  // ---- the end

  async #end(): Promise<void> {
    this.#ledger.setState(this.#rounds, 'over')
    rmSync(join(this.#directory, RUNNING_FILE), { force: true })
    const late = new AbortController()
    const all = Promise.all(this.#carried.map(({ ended }) => ended))
    await Promise.race([
      all,
      sleep(HANG_TIMEOUT_MS, undefined, { signal: late.signal }).catch(() => undefined),
    ])
    late.abort()
    await this.#poll()
    this.#tally.hangs(`still there ${HANG_TIMEOUT_MS} ms after it should have ended`, () => true)
  }

  #result(): CampaignResult {
    const result = this.#tally.result()
    const { counts } = result
    for (let i = 0; i < this.#options.writers; i++) {
      const seat = this.#ledger.seat(i)
      for (const name of SEAT_COUNT_NAMES) counts[name] += seat.count(name)
    }
    counts.rounds = this.#rounds
    counts.rolledBack += this.#audited.rolledBack
    counts.released += this.#audited.released
    return result
  }

  #cleanUp(): void {
    this.#ledger.setState(this.#rounds, 'over')
    for (const participant of this.#carried) participant.kill()
    rmSync(this.#directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

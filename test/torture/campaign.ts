/** One writer and its readers, from start to end: starts them, watches them, adds up what they report. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CARRIERS, type Carried, type CarrierName } from './carriers.ts'
import { HEARTBEAT_FILE } from './heartbeat.ts'
import type { ParticipantSpec } from './participant-spec.ts'
import { RUNNING_FILE } from './session.ts'
import { type CampaignResult, Tally } from './tally.ts'

export interface CampaignOptions {
  readonly carrier: CarrierName
  readonly variant: string
  readonly seed: number
  readonly seconds: number
  readonly readers: number
  readonly stallTimeoutMs: number | undefined
  readonly untilCaught: boolean
}

const POLL_INTERVAL_MS = 50
/** How long participants may take to start; runtimes compile and load first, on a busy machine perhaps slowly. */
const START_TIMEOUT_MS = 60_000
/** A participant that has not reported for so long, hangs: its steps take milliseconds. */
const HANG_TIMEOUT_MS = 20_000
/** How long a participant lives that is renewed again and again. */
const RENEWED_LIFE_MS = 1000
/** From the seed of a participant to that of the one that takes its place; greater than the number of readers. */
const SEED_STEP = 1000

export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const directory = mkdtempSync(join(tmpdir(), 'mmapforge-torture-'))
  const running = join(directory, RUNNING_FILE)
  const carried: Carried[] = []
  const cleanUp = (): void => {
    for (const participant of carried) participant.kill()
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 })
  }
  const interrupted = (): void => {
    cleanUp()
    process.exit(130)
  }
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted)
  try {
    writeFileSync(running, '')
    writeFileSync(join(directory, HEARTBEAT_FILE), '')
    const tally = new Tally(directory)
    const start = (spec: ParticipantSpec): void => {
      tally.started(spec.name)
      const participant = CARRIERS[options.carrier](spec)
      carried.push(participant)
      participant.ended.then((fault) => {
        tally.ended(spec.name, fault)
        const isRenewed = fault === undefined && spec.renewal !== undefined && existsSync(running)
        if (isRenewed) start(renewed(spec))
      })
    }
    for (const spec of specsOf(options, directory)) start(spec)
    await watch(tally, options)
    rmSync(running, { force: true })
    await conclude(tally, carried)
    return tally.result()
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    cleanUp()
  }
}

function specsOf(options: CampaignOptions, directory: string): ParticipantSpec[] {
  const { variant, seed, stallTimeoutMs, readers, seconds } = options
  const lifeMs = START_TIMEOUT_MS + seconds * 1000 + HANG_TIMEOUT_MS
  const common = { directory, variant, stallTimeoutMs, lifeMs }
  const specs: ParticipantSpec[] = [{ ...common, role: 'writer', name: 'writer', seed }]
  for (let i = 1; i <= readers; i++) {
    const reader = { ...common, role: 'reader' as const, name: `reader ${i}`, seed: seed + i }
    // Every other one is renewed: what a compiler makes of code that is new is not what it makes of it later.
    specs.push(i % 2 === 1 ? reader : { ...reader, renewal: 0, lifeMs: RENEWED_LIFE_MS })
  }
  return specs
}

function renewed(spec: ParticipantSpec): ParticipantSpec {
  const renewal = (spec.renewal ?? 0) + 1
  const name = `${spec.name.split('.')[0]}.${renewal}`
  return { ...spec, name, renewal, seed: spec.seed + SEED_STEP }
}

/** Until the time is up, counted from when all of them are at work. */
async function watch(tally: Tally, { seconds, untilCaught }: CampaignOptions): Promise<void> {
  const startedAtMs = performance.now()
  let endsAtMs = Infinity
  for (;;) {
    await sleep(POLL_INTERVAL_MS)
    tally.poll()
    const nowMs = performance.now()
    if (endsAtMs === Infinity && tally.isAtWork) endsAtMs = nowMs + seconds * 1000
    if (endsAtMs === Infinity && nowMs - startedAtMs > START_TIMEOUT_MS) {
      tally.hangs(`not at work after ${START_TIMEOUT_MS} ms`, () => true)
      return
    }
    if (endsAtMs !== Infinity) {
      tally.hangs(`silent for over ${HANG_TIMEOUT_MS} ms`, (silentMs) => silentMs > HANG_TIMEOUT_MS)
    }
    if (nowMs >= endsAtMs || tally.someoneFell || (untilCaught && tally.violationCount > 0)) return
  }
}

/** Waits for the ends; whoever does not come to one hangs. */
async function conclude(tally: Tally, carried: readonly Carried[]): Promise<void> {
  const all = Promise.all(carried.map(({ ended }) => ended))
  const late = new AbortController()
  await Promise.race([all, sleep(HANG_TIMEOUT_MS, undefined, { signal: late.signal }).catch(() => undefined)])
  late.abort()
  tally.poll()
  tally.hangs(`still there ${HANG_TIMEOUT_MS} ms after it should have ended`, () => true)
}

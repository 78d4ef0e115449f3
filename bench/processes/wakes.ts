/** How long until a waiter in another process runs, what waiting costs, and whether its process does other work as ever. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runtimeHere, today } from '../measure/machine.ts'
import type { IdleWait, Latencies, OtherWork, WakesPart, WakeUps } from '../results/results.ts'
import { type Kind, StampStore, type Task } from './wake-participant.ts'

export interface WakesOptions {
  /** Where stores are made. */
  readonly folder: string
  /** Programs that run the writer and the waiter. */
  readonly writer: string
  readonly waiter: string
  /** Wake-ups of each kind. */
  readonly wakes: number
  /** How long an idle waiter is watched. */
  readonly seconds: number
}

/** Records of the stores in which an idle waiter looks for changes. */
const IDLE_COUNTS = [1000, 100_000, 1_000_000]
const WAITS = 100
const CALLS = 500

/** Both on this runtime, with as many wake-ups as tell a p99. */
export async function compareWaits(parent: string): Promise<WakesPart> {
  const folder = mkdtempSync(join(parent, 'mmapforge-wakes-'))
  const { execPath } = process
  try {
    return await measureWaits({ folder, writer: execPath, waiter: execPath, wakes: 2000, seconds: 10 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export async function measureWaits(options: WakesOptions): Promise<WakesPart> {
  const wakes: WakeUps[] = []
  for (const kind of ['append', 'set'] as const) wakes.push(await measureWakes(options, kind))
  const idle = [await measureIdle(options, 'append', 0)]
  for (const records of IDLE_COUNTS) idle.push(await measureIdle(options, 'set', records))
  return { date: today(), runtime: runtimeHere(), wakes, idle, others: await measureOthers(options) }
}

function newStore(folder: string, name: string, records: number): string {
  const path = join(folder, `${name}.mmf`)
  using store = StampStore.create(path, { capacity: Math.max(64, records) })
  for (let round = 0; round < records; round++) store.append({ at: 0, round })
  return path
}

async function measureWakes(options: WakesOptions, kind: Kind): Promise<WakeUps> {
  const { folder, wakes: count } = options
  const records = kind === 'set' ? 1000 : 0
  const paths = [newStore(folder, `wakes-${kind}`, records)]
  const writer = start(options.writer, { role: 'writer', kind, paths, count })
  const waiter = start(options.waiter, { role: 'waiter', kind, paths, count: Math.floor(count * 0.9) })
  await Promise.all([writer.ready, waiter.ready])
  waiter.go()
  await new Promise((resolve) => setTimeout(resolve, 300))
  writer.go()
  const [latency, cost] = (await Promise.all([waiter.result, writer.result])) as [Latencies, Latencies]
  const name = kind === 'append' ? 'append to waitForLength' : 'set to changed'
  return { name, records, latency, write: cost }
}

async function measureIdle(
  { folder, waiter, seconds }: WakesOptions,
  kind: Kind,
  records: number,
): Promise<IdleWait> {
  const paths = [newStore(folder, `idle-${kind}-${records}`, records)]
  const idler = start(waiter, { role: 'idler', kind, paths, count: seconds })
  await idler.ready
  idler.go()
  return {
    name: kind === 'append' ? 'waitForLength' : 'changed',
    records,
    ...((await idler.result) as { cpuPercent: number }),
  }
}

async function measureOthers({ folder, waiter }: WakesOptions): Promise<OtherWork> {
  const paths = Array.from({ length: WAITS }, (_, i) => newStore(folder, `other-${i}`, 0))
  const worker = start(waiter, { role: 'worker', kind: 'append', paths, count: CALLS })
  await worker.ready
  worker.go()
  return worker.result as Promise<OtherWork>
}

interface Participant {
  readonly ready: Promise<unknown>
  readonly result: Promise<object>
  go(): void
}

function start(runtime: string, task: Task): Participant {
  const flags = runtime.endsWith('deno') ? ['run', '-A'] : []
  const script = fileURLToPath(new URL('wake-process.js', import.meta.url))
  const child = spawn(runtime, [...flags, script, '--task', JSON.stringify(task)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ready = lines.next()
  const result = ready.then(async () => {
    const { value, done } = await lines.next()
    if (done === true) throw new Error(`the ${task.role} ended without a result`)
    return JSON.parse(value) as object
  })
  return { ready, result, go: () => void child.stdin.write('go\n') }
}

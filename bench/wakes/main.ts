/**
 * `node build/bench/wakes/main.js`: how long until a waiter in another process runs, what waiting costs while nothing comes,
 * and whether the process does its other work as ever. Other runtimes: `--writer PATH`, `--waiter PATH`. With `--json FILE`
 * the figures go there.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { machineHere, runtimeHere, today } from '../machine.ts'
import { type Kind, type Latencies, participate, StampStore, type Task } from './participant.ts'

const { values } = parseArgs({
  options: {
    task: { type: 'string' },
    wakes: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '10' },
    writer: { type: 'string', default: process.execPath },
    waiter: { type: 'string', default: process.execPath },
    dir: { type: 'string', default: tmpdir() },
    json: { type: 'string' },
  },
})

/** Records of the stores in which an idle waiter looks for changes. */
const IDLE_COUNTS = [1000, 100_000, 1_000_000]
const WAITS = 100
const CALLS = 500

if (values.task !== undefined) {
  console.log(JSON.stringify(await participate(JSON.parse(values.task) as Task)))
} else {
  const folder = mkdtempSync(join(values.dir, 'mmapforge-wakes-'))
  try {
    await measureAll(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measureAll(folder: string): Promise<void> {
  const wakes = []
  for (const kind of ['append', 'set'] as const) wakes.push(await measureWakes(folder, kind))
  const idle = [await measureIdle(folder, 'append', 0)]
  for (const records of IDLE_COUNTS) idle.push(await measureIdle(folder, 'set', records))
  const others = await measureOthers(folder)
  const results = { date: today(), runtime: runtimeHere(), machine: machineHere(folder), wakes, idle, others }
  const text = `${JSON.stringify(results, null, 2)}\n`
  if (values.json === undefined) console.log(text)
  else writeFileSync(values.json, text)
}

function newStore(folder: string, name: string, records: number): string {
  const path = join(folder, `${name}.mmf`)
  using store = StampStore.create(path, { capacity: Math.max(64, records) })
  for (let round = 0; round < records; round++) store.append({ at: 0, round })
  return path
}

async function measureWakes(folder: string, kind: Kind): Promise<object> {
  const records = kind === 'set' ? 1000 : 0
  const paths = [newStore(folder, `wakes-${kind}`, records)]
  const count = Number(values.wakes)
  const writer = start(values.writer, { role: 'writer', kind, paths, count })
  const waiter = start(values.waiter, { role: 'waiter', kind, paths, count: Math.floor(count * 0.9) })
  await Promise.all([writer.ready, waiter.ready])
  waiter.go()
  await new Promise((resolve) => setTimeout(resolve, 300))
  writer.go()
  const [latency, cost] = (await Promise.all([waiter.result, writer.result])) as Latencies[]
  const name = kind === 'append' ? 'append to waitForLength' : 'set to changed'
  return { name, records, latency, write: cost }
}

async function measureIdle(folder: string, kind: Kind, records: number): Promise<object> {
  const paths = [newStore(folder, `idle-${kind}-${records}`, records)]
  const idler = start(values.waiter, { role: 'idler', kind, paths, count: Number(values.seconds) })
  await idler.ready
  idler.go()
  return { name: kind === 'append' ? 'waitForLength' : 'changed', records, ...(await idler.result) }
}

async function measureOthers(folder: string): Promise<object> {
  const paths = Array.from({ length: WAITS }, (_, i) => newStore(folder, `other-${i}`, 0))
  const worker = start(values.waiter, { role: 'worker', kind: 'append', paths, count: CALLS })
  await worker.ready
  worker.go()
  return worker.result
}

interface Participant {
  readonly ready: Promise<unknown>
  readonly result: Promise<object>
  go(): void
}

function start(runtime: string, task: Task): Participant {
  const flags = runtime.endsWith('deno') ? ['run', '-A'] : []
  const script = fileURLToPath(import.meta.url)
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

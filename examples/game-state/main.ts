/**
 * A game whose state all threads share: `npm run example:game`.
 *
 * One worker thread moves thousands of entities, tick by tick. Two more look at all of them after each tick, and the main
 * thread hears of each entity that has changed. Nobody sends anything to anybody, and nobody waits for a reader. The
 * pattern:
 *
 * - Threads are given the path, and each opens the store for itself: a store can't be sent, and a view would be copied.
 * - One thread writes, with `writers: 'one'`, the default and the fastest; the others open it with `readOnly`.
 * - A record is the unit of consistency: what belongs together is written by one `set`, and read by one `get`.
 * - A second store, to which a record is appended for each tick, says how far it is: `appended` gives every one.
 * - A thread closes its stores when it is done. On some runtimes, one that is terminated instead holds its lock until
 *   the process ends.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { EntityStore } from './entity.store.ts'
import { FrameStore } from './frame.store.ts'
import type { GameOptions, Report } from './options.ts'
import { isWhole, spawn } from './world.ts'

const { values } = parseArgs({
  options: {
    entities: { type: 'string', default: '5000' },
    ticks: { type: 'string', default: '100' },
    'tick-ms': { type: 'string', default: '10' },
  },
})

const workers: Worker[] = []

/** Starts a thread; gives what it has to say when it is done. */
function start(script: string, workerData: GameOptions): Promise<Report> {
  const worker = new Worker(new URL(script, import.meta.url), { workerData })
  workers.push(worker)
  return new Promise((resolve, reject) => {
    let report: Report | undefined
    worker.once('message', (message: Report) => {
      report = message
    })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      if (report) resolve(report)
      else reject(new Error(`${script} ended with exit code ${code}`))
    })
  })
}

/** Hears of each entity that has changed, until all have come to the last tick. */
async function follow(
  { entitiesPath, entityCount, tickCount }: GameOptions,
  signal: AbortSignal,
): Promise<Report> {
  using entities = EntityStore.open(entitiesPath, { readOnly: true })
  const arrived = new Set<number>()
  let tornCount = 0
  let changeCount = 0
  for await (const index of entities.changed({ signal })) {
    const entity = entities.get(index)
    changeCount++
    if (!isWhole(entity, index)) tornCount++
    if (entity.tick === tickCount && arrived.add(index).size === entityCount) break
  }
  return { tornCount, line: `main thread: ${changeCount} changes heard of, ${tornCount} torn` }
}

const folder = mkdtempSync(join(tmpdir(), 'mmapforge-game-'))
const stop = new AbortController()
try {
  const options: GameOptions = {
    entitiesPath: join(folder, 'entities.mmf'),
    framesPath: join(folder, 'frames.mmf'),
    entityCount: Number(values.entities),
    tickCount: Number(values.ticks),
    tickMs: Number(values['tick-ms']),
  }
  const entities = EntityStore.create(options.entitiesPath, { capacity: options.entityCount })
  for (let index = 0; index < options.entityCount; index++) entities.append(spawn(index))
  // The simulation becomes the one writer.
  entities.close()
  FrameStore.create(options.framesPath).close()

  const reports = await Promise.all([
    // First, since it hears only of what changes from then on.
    follow(options, stop.signal),
    start('./spectator.js', options),
    start('./spectator.js', options),
    start('./simulation.js', options),
  ])
  for (const { line } of reports) console.log(line)
  if (reports.some(({ tornCount }) => tornCount > 0)) throw new Error('an entity was torn')
} catch (error) {
  console.error(`the example failed: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
  // The whole process ends, and with it every lock.
  stop.abort()
  for (const worker of workers) await worker.terminate()
} finally {
  rmSync(folder, { recursive: true, force: true })
}

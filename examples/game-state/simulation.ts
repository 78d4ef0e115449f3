/** The worker thread that plays: the one writer of both stores. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { EntityStore } from './entity.store.ts'
import { FrameStore } from './frame.store.ts'
import type { GameOptions } from './options.ts'
import { advance, spawn } from './world.ts'

async function play({
  entitiesPath,
  framesPath,
  entityCount,
  tickCount,
  tickMs,
}: GameOptions): Promise<void> {
  using entities = EntityStore.open(entitiesPath)
  using frames = FrameStore.open(framesPath)
  // One object for all entities and ticks, so that playing makes no garbage.
  const entity = spawn(0)
  for (let tick = 1; tick <= tickCount; tick++) {
    let aliveCount = 0
    for (let index = 0; index < entityCount; index++) {
      // Nobody else writes, so what was read is what still stands there.
      advance(entities.getInto(index, entity))
      // All fields in one write. By setters it would be several, and a reader might come in between.
      entities.set(index, entity)
      if (entity.hitPoints > 0) aliveCount++
    }
    // Whoever sees the frame sees what was written before it.
    frames.append({ tick, aliveCount })
    await sleep(tickMs)
  }
}

await play(workerData as GameOptions)
parentPort?.postMessage({ tornCount: 0, line: 'simulation: done' })

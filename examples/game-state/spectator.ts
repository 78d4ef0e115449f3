/** A worker thread that watches: it is given every tick, in order, and looks at all entities each time. */
import { parentPort, threadId, workerData } from 'node:worker_threads'
import { EntityStore } from './entity.store.ts'
import { FrameStore } from './frame.store.ts'
import type { GameOptions, Report } from './options.ts'
import { isWhole, spawn } from './world.ts'

async function watch({ entitiesPath, framesPath, entityCount, tickCount }: GameOptions): Promise<Report> {
  using entities = EntityStore.open(entitiesPath, { readOnly: true })
  using frames = FrameStore.open(framesPath, { readOnly: true })
  const entity = spawn(0)
  let tornCount = 0
  let lookCount = 0
  for await (const frame of frames.appended({ from: 0 })) {
    const { tick } = frames.get(frame)
    // None is left out, though the simulation waits for nobody.
    if (tick !== frame + 1) throw new Error(`tick ${tick} came in the place of ${frame + 1}`)
    // Each entity is one snapshot; the simulation may be at work, so they need not all be of one tick.
    for (let index = 0; index < entityCount; index++) {
      if (!isWhole(entities.getInto(index, entity), index)) tornCount++
    }
    lookCount += entityCount
    // But none is behind the frame that told of it.
    const slowest = entities.reduce({ fields: ['tick'] }, (least, at) => Math.min(least, at), tickCount)
    if (slowest < tick) throw new Error(`an entity is at tick ${slowest}, though tick ${tick} is complete`)
    if (tick === tickCount) break
  }
  const line = `spectator ${threadId}: ${tickCount} ticks in order, ${lookCount} entities looked at, ${tornCount} torn`
  return { tornCount, line }
}

parentPort?.postMessage(await watch(workerData as GameOptions))

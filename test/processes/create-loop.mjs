/** Creates a store and removes it, for ever. Args: `path`. Says `ready` once it has done so. */
import { rmSync } from 'node:fs'
import { args, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

for (let round = 0; ; round++) {
  TickStore.create(args.path, { capacity: 300 }).close()
  rmSync(args.path)
  if (round === 0) say({ ready: true })
}

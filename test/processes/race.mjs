/**
 * Opens or creates stores at the same instant as others do. Args: `paths`, `options`, `startAt` (as Date.now gives it),
 * `appends`: whether to append a record to each. Retries where the store is locked, and says how each path went.
 */
import { mkdirSync, rmdirSync, statSync } from 'node:fs'
import { args, described, say } from './channel.mjs'
import { TickStore, tickAt } from './stores.mjs'

while (Date.now() < args.startAt);
const inodes = []
let refusals = 0
try {
  for (const path of args.paths) inodes.push(once(path))
  say({ inodes, refusals })
} catch (error) {
  say(described(error))
}

function once(path) {
  for (;;) {
    try {
      return use(path, TickStore.openOrCreate(path, args.options))
    } catch (error) {
      if (error.code !== 'ERR_LOCKED' || !args.appends) throw error
      refusals++
    }
  }
}

function use(path, store) {
  if (args.appends) {
    // Fails where another process is between these two lines.
    mkdirSync(`${path}.occupied`)
    store.append(tickAt(store.length))
    rmdirSync(`${path}.occupied`)
  }
  const { ino } = statSync(path)
  store.close()
  return ino
}

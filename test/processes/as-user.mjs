/**
 * Makes or opens a store as another user would, and does everything that a file beside it is made for. Args: `how`,
 * `path`, `options`, `umask`; and `user`: `uid`, `gid` and further `groups`, for the superuser to become. Says that it is
 * done, or the error, and holds the store until told anything.
 */
import { args, described, listen, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

const { how, path, options, umask, user } = args
if (umask !== undefined) process.umask(umask)
if (user !== undefined) {
  // Native code is loaded while it may be read.
  TickStore.create(`${path}.first`).close()
  process.setgroups([user.gid, ...user.groups])
  process.setgid(user.gid)
  process.setuid(user.uid)
}
try {
  const store = TickStore[how](path, options)
  const record = { symbol: 'A', price: 1, volume: 2, timestamp: 3n }
  if (!store.readOnly) store.set(store.append(record), record)
  await store.waitForLength(99, { timeoutMs: 1, ref: true }).catch(() => undefined)
  say({ length: store.length })
  const stop = listen(() => {
    store.close()
    stop()
  })
} catch (error) {
  say(described(error))
}

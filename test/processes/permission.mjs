/**
 * What must work where Node.js runs with `--permission`. Args: `what`, `folder`.
 * - `everything`: the scenario of the realms
 * - `read`: reads the store in the folder
 * - `sync`: what becomes of a sync that fails
 * - `mode`: makes a store that others may not use, and opens another user's
 */
import { openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as mmapforge from '../../dist/index.js'
import { syncData, syncDataAsync, syncWhole } from '../../dist/os/sync.js'
import { scenario } from '../realms/scenario.mjs'
import { args, described, say } from './channel.mjs'
import { TickStore } from './stores.mjs'

const { what, folder } = args

async function outcome(action) {
  try {
    await action()
    return 'passed'
  } catch (error) {
    return described(error)
  }
}

if (what === 'everything') say({ everything: await outcome(() => scenario(mmapforge, folder)) })
if (what === 'read') {
  const store = TickStore.open(join(folder, 'ticks.mmf'), { readOnly: true })
  const waited = await outcome(() => store.waitForLength(2, { timeoutMs: 10, ref: true }))
  say({ prices: store.length === 1 && store.getPrice(0), waited: waited.error })
  store.close()
}
if (what === 'mode') {
  const path = join(folder, 'private.mmf')
  TickStore.create(path, { mode: 0o606 }).close()
  TickStore.open(join(folder, 'theirs.mmf'), { writers: 'many' }).close()
  const { mode, uid, gid } = statSync(join(folder, 'theirs.mmf.lock'))
  say({
    modes: [path, `${path}.lock`].map((each) => statSync(each).mode & 0o777),
    lock: [uid, gid, mode & 0o777],
  })
}
if (what === 'sync') {
  const [file, none] = [openSync(join(folder, 'file'), 'r+'), openSync('/dev/null', 'r')]
  say({
    good: [
      await outcome(() => syncData(file)),
      await outcome(() => syncDataAsync(file)),
      await outcome(() => syncWhole(file)),
    ],
    bad: [
      await outcome(() => syncData(none)),
      await outcome(() => syncDataAsync(none)),
      await outcome(() => syncWhole(none)),
    ].map(({ error }) => error),
  })
}

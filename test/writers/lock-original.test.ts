/** The lock of the original, WithOneWriter: an flock on the same file, here taken by the tool of that name. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { dirname } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { codeOf } from '../support/errors.ts'
import { folderState } from '../support/folder-state.ts'
import { tempPath } from '../support/temp.ts'
import { tickFile } from '../support/tick-files.ts'

const hasTool = spawnSync('flock', ['--version']).status === 0

describe('an flock on the lock file', () => {
  it.skipIf(!hasTool)('keeps a writer out until it is released', async () => {
    const path = tickFile()
    const holder = spawn('flock', ['--nonblock', `${path}.lock`, 'sh', '-c', 'echo locked; read line'])
    onTestFinished(() => void holder.kill())
    await once(holder.stdout, 'data')
    const before = folderState(dirname(path))
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
    expect(codeOf(() => TickStore.openOrCreate(path))).toBe('ERR_LOCKED')
    expect(folderState(dirname(path))).toEqual(before)
    TickStore.open(path, { readOnly: true }).close()
    holder.stdin.end('\n')
    await once(holder, 'close')
    TickStore.open(path).close()
  })

  it.skipIf(!hasTool)('is refused while a store is open', () => {
    const path = tickFile()
    const tryLock = () => spawnSync('flock', ['--nonblock', `${path}.lock`, 'true']).status
    {
      using _store = TickStore.open(path)
      expect(tryLock()).toBe(1)
    }
    expect(tryLock()).toBe(0)
  })

  it.skipIf(!hasTool)('keeps a creator out, who leaves nothing behind', async () => {
    const path = tempPath()
    const holder = spawn('flock', ['--nonblock', `${path}.lock`, 'sh', '-c', 'echo locked; read line'])
    onTestFinished(() => void holder.kill())
    await once(holder.stdout, 'data')
    const before = folderState(dirname(path))
    for (const options of [{}, { writers: 'unlocked' }] as const) {
      expect(codeOf(() => TickStore.create(path, options))).toBe('ERR_LOCKED')
    }
    expect(folderState(dirname(path))).toEqual(before)
  })
})

/** A disk that really fails: what the system tells of it, and what becomes of that. */
import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { TickStore, tickAt } from '../processes/stores.ts'
import { codeOf } from '../support/errors.ts'
import { mounted } from '../support/mounted.ts'

const COUNT = 20_000

/**
 * The path of a store on a file system whose disk has room for a part of what the file system takes; with records that
 * have not been brought to it yet. Undefined where this process may not make one.
 */
function storeOnFailingDisk(): { path: string; store: InstanceType<typeof TickStore> } | undefined {
  const below = mounted('size=8m')
  if (below === undefined) return undefined
  const image = join(below, 'image')
  const folder = join(below, 'disk')
  mkdirSync(folder)
  try {
    execFileSync('truncate', ['-s', '64m', image])
    execFileSync('mkfs.ext4', ['-q', '-O', '^has_journal', image], { stdio: 'ignore' })
    execFileSync('mount', ['-o', 'loop,errors=continue', image, folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]))
  const path = join(folder, 'store.mmf')
  const store = TickStore.create(path, { capacity: COUNT })
  // What is left of the disk.
  try {
    writeFileSync(join(below, 'ballast'), Buffer.alloc(16 * 2 ** 20))
  } catch {
    // It is full now.
  }
  store.appendMany(Array.from({ length: COUNT }, (_, i) => tickAt(i)))
  return { path, store }
}

const NO_DISK = 'no permission to make a file system on a file'

it('a sync that has failed fails from then on, and others who have the file open are told too', (context) => {
  const { path, store } = storeOnFailingDisk() ?? context.skip(NO_DISK)
  const fd = openSync(path, 'r')
  expect(codeOf(() => store.sync())).toBe('ERR_SYNC_FAILED')
  expect(['ENOSPC', 'EIO']).toContain(codeOf(() => fdatasyncSync(fd)))
  closeSync(fd)
  expect(codeOf(() => store.sync())).toBe('ERR_SYNC_FAILED')
  expect(codeOf(() => store.close())).toBe('ERR_SYNC_FAILED')
})

it('a sync during a flush is told of the same failure, whichever comes first', async (context) => {
  const { store } = storeOnFailingDisk() ?? context.skip(NO_DISK)
  const flushes = [store.flush(), store.flush()]
  const outcomes = Promise.allSettled(flushes)
  // Long enough for the flushes to come first on most machines: that is the harder case.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
  expect(codeOf(() => store.sync())).toBe('ERR_SYNC_FAILED')
  for (const outcome of await outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'ERR_SYNC_FAILED' } })
  }
  expect(codeOf(() => store.close())).toBe('ERR_SYNC_FAILED')
})

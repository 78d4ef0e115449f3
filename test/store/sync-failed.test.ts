/** A store whose disk has failed says so until it is opened anew. */
import { existsSync, readFileSync } from 'node:fs'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { TickStore, tickAt } from '../processes/stores.ts'
import { codeOf } from '../support/errors.ts'
import { refusal, usesOf } from '../support/refusal.ts'
import { tempPath } from '../support/temp.ts'
import { tickFile } from '../support/tick-files.ts'

/** The disk fails at the next sync, and tells nobody else. */
const disk = { isFailing: false }

vi.mock('../../src/os/native-os.ts', async (importOriginal) => {
  const { SystemError } = await import('../../src/os/system-error.ts')
  const { withCalls } = await import('../support/native-calls.ts')
  const tell = (): void => {
    if (!disk.isFailing) return
    disk.isFailing = false
    throw new SystemError('fdatasync', 5)
  }
  return withCalls(await importOriginal(), (os) => ({
    syncFile: (fd) => {
      tell()
      os.syncFile(fd)
    },
    syncFileAsync: async (fd) => {
      tell()
      await os.syncFileAsync(fd)
    },
  }))
})

beforeEach(() => {
  disk.isFailing = false
})

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const markOf = (path: string): string => readFileSync(`${path}.lock`, 'latin1')

describe.each(['one', 'many', 'unlocked'] as const)('writers: %s', (writers) => {
  it.each(['sync', 'flush'] as const)('after %s has failed, nothing is said to be synced', async (how) => {
    const path = tickFile(3, { writers })
    const store = TickStore.open(path, { writers })
    store.append(tickAt(3))
    store.setSymbol(0, 'changed')
    const hasJournal = existsSync(`${path}.journal`)
    disk.isFailing = true
    await expect((async () => store[how]())()).rejects.toMatchObject({ code: 'ERR_SYNC_FAILED', path })
    expect(disk.isFailing).toBe(false)
    expect(codeOf(() => store.sync())).toBe('ERR_SYNC_FAILED')
    await expect(store.flush()).rejects.toMatchObject({ code: 'ERR_SYNC_FAILED' })
    // What is stored can be read and written all the same.
    store.append(tickAt(4))
    expect(store.get(4)).toEqual(tickAt(4))
    expect(codeOf(() => store.close())).toBe('ERR_SYNC_FAILED')
    expect(store.closed).toBe(true)
    store.close()
    expect(usesOf(folderOf(path))).toEqual({ descriptors: 0, mappings: 0 })
    if (writers !== 'unlocked') expect(markOf(path)).not.toContain('clean')
    expect(existsSync(`${path}.journal`)).toBe(hasJournal)

    using again = TickStore.open(path, { writers })
    again.sync()
    expect(again.length).toBe(5)
    expect(again.getSymbol(0)).toBe('changed')
  })

  it('close fails where its own sync does, and lets go of everything', () => {
    const path = tickFile(3, { writers })
    const store = TickStore.open(path, { writers })
    store.append(tickAt(3))
    disk.isFailing = true
    expect(codeOf(() => store.close())).toBe('ERR_SYNC_FAILED')
    expect(store.closed).toBe(true)
    expect(usesOf(folderOf(path))).toEqual({ descriptors: 0, mappings: 0 })
    if (writers !== 'unlocked') expect(markOf(path)).not.toContain('clean')
    TickStore.open(path).close()
    expect(markOf(path)).toContain('clean')
  })

  it('create fails where its sync does, and leaves nothing', () => {
    const path = tempPath()
    disk.isFailing = true
    expect(refusal(folderOf(path), () => TickStore.create(path, { writers })).code).toBe('ERR_SYNC_FAILED')
    TickStore.create(path, { writers }).close()
  })
})

it('other stores of the same file do not share the failure, which the system tells each of', () => {
  const path = tickFile(1, { writers: 'many' })
  const store = TickStore.open(path, { writers: 'many' })
  using other = TickStore.open(path, { writers: 'many' })
  disk.isFailing = true
  expect(codeOf(() => store.sync())).toBe('ERR_SYNC_FAILED')
  other.sync()
  expect(codeOf(() => store.close())).toBe('ERR_SYNC_FAILED')
})

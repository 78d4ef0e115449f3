/** Syncs that fail: the system says it once, and so the region has to remember it. */
import { fstatSync, openSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'

import type { NativeOs } from '../../src/os/os.ts'
import { MappedRegion } from '../../src/region/mapped-region.ts'
import { errorOf, forgeErrorOf } from '../support/errors.ts'
import { codeOf, openReadOnly, openWritable, osWith, systemError, tempFiles } from './support.ts'

const newFile = tempFiles()

/** A disk of which one sync fails, as the system tells it: to the first who asks. */
function failingOnce(): NativeOs {
  let isTold = false
  const tell = (): void => {
    if (isTold) return
    isTold = true
    throw systemError('EIO')
  }
  return osWith({ syncFile: tell, syncFileAsync: async () => tell() })
}

/** Every way to ask whether all is on the disk. */
const SYNCS: Readonly<Record<string, (region: MappedRegion) => Promise<void>>> = {
  sync: async (region) => region.sync(),
  flush: (region) => region.flush(),
}

it.each(Object.keys(SYNCS))(
  'what fails in %s fails from then on, whichever way it is asked for',
  async (first) => {
    const path = newFile()
    writeFileSync(path, Buffer.alloc(100))
    const fd = openSync(path, 'r+')
    const region = new MappedRegion(fd, path, { readOnly: false, os: failingOnce() })
    await expect(SYNCS[first]?.(region)).rejects.toMatchObject({
      code: 'ERR_SYNC_FAILED',
      path,
      message: expect.stringContaining('EIO'),
      cause: { code: 'EIO' },
    })
    for (const again of [...Object.values(SYNCS), ...Object.values(SYNCS)]) {
      await expect(again(region)).rejects.toMatchObject({ code: 'ERR_SYNC_FAILED', path })
    }
    // All else goes on.
    region.grow(2 ** 16)
    region.view(0, 1)[0] = 1
    region.close()
    expect(() => fstatSync(fd)).toThrow('EBADF')
    openWritable(path).sync()
  },
)

it('a flush that was under way when a sync failed fails too: the system may have told the sync of its pages', async () => {
  let finish = (): void => undefined
  const os = osWith({
    syncFile: () => {
      throw systemError('EIO')
    },
    syncFileAsync: () => new Promise((resolve) => (finish = resolve)),
  })
  const region = openWritable(newFile(), { os })
  const flush = region.flush()
  expect(codeOf(() => region.sync())).toBe('ERR_SYNC_FAILED')
  finish()
  await expect(flush).rejects.toMatchObject({ code: 'ERR_SYNC_FAILED' })
  region.close()
})

it('where growth has to sync, its failure is one of them', () => {
  const path = newFile()
  const { syncFile } = failingOnce()
  const os = osWith({
    syncFile,
    allocateBlocks: () => {
      throw systemError('EOPNOTSUPP')
    },
  })
  const region = openWritable(path, { os })
  expect(codeOf(() => region.grow(5000))).toBe('ERR_SYNC_FAILED')
  expect(codeOf(() => region.grow(5000))).toBe('ERR_SYNC_FAILED')
  expect(codeOf(() => region.sync())).toBe('ERR_SYNC_FAILED')
  region.close()
})

it('a region that is only read has nothing to sync', async () => {
  const path = newFile()
  const region = openReadOnly(path, { os: failingOnce() })
  region.sync()
  await region.flush()
  region.close()
  expect(errorOf(() => region.sync())).toMatchObject({ code: 'ERR_CLOSED' })
})

it('a failure names the file, though the system knew only a descriptor', () => {
  const path = newFile()
  const region = openWritable(path, {
    os: osWith({
      allocateBlocks: () => {
        throw systemError('EIO')
      },
    }),
  })
  const error = errorOf(() => region.grow(5000)) as NodeJS.ErrnoException
  expect(error).toMatchObject({ code: 'EIO', path, syscall: 'test', cause: { code: 'EIO' } })
  expect(error.message).toContain(path)
  region.close()
  expect(forgeErrorOf(() => region.grow(1)).code).toBe('ERR_CLOSED')
})

import { constants } from 'node:buffer'
import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { constants as osConstants } from 'node:os'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bindNativeOs, nativeOs } from '../../src/os/native-os.ts'
import { explained, isSystemError, SystemError } from '../../src/os/system-error.ts'
import { codeOf, tempFiles } from '../region/support.ts'
import { errorOf } from '../support/errors.ts'
import { projectPath } from '../support/project.ts'

const newFile = tempFiles()
const os = nativeOs('test')

/** What runtimes cut a time to: Deno tells milliseconds of the modification, and whole seconds of the change. */
const MS = 1_000_000n
const SECOND = 1000n * MS

function expectAhead(leadNs: bigint, mostNs: bigint): void {
  expect(leadNs).toBeLessThan(mostNs)
  expect(leadNs).toBeGreaterThanOrEqual(0n)
}

describe('the choice of native calls', () => {
  it('is made once', () => {
    expect(nativeOs('a.mmf')).toBe(nativeOs('b.mmf'))
  })

  it('names the file and what to do where there are none', () => {
    for (const platform of ['win32-x64', 'darwin-arm64', 'linux-ppc64']) {
      expect(codeOf(() => bindNativeOs('a.mmf', platform))).toBe('ERR_UNSUPPORTED_PLATFORM')
      expect(() => bindNativeOs('a.mmf', platform)).toThrow("':memory:'")
    }
  })
})

describe('mapping', () => {
  it('knows the page size and the longest view', () => {
    expect(Math.log2(os.pageSizeBytes) % 1).toBe(0)
    expect(os.pageSizeBytes).toBeGreaterThanOrEqual(4096)
    expect(os.maxViewBytes).toBe(constants.MAX_LENGTH)
  })

  it('throws instead of ending the process for a longer view', () => {
    expect(() => os.viewOf(0n, constants.MAX_LENGTH + os.pageSizeBytes)).toThrow(RangeError)
  })

  it('reports the error that the kernel gave', () => {
    const page = os.pageSizeBytes
    const address = os.reserve(page)
    expect(errorOf(() => os.mapFile(-1, 0, address, page, 'shared'))).toMatchObject({
      code: 'EBADF',
      syscall: 'mmap',
    })
    os.unmap(address, page)
    expect(errorOf(() => os.reserve(2 ** 52))).toMatchObject({ code: 'ENOMEM', syscall: 'mmap' })
    expect(errorOf(() => os.mapZeroPages(1n, page, true))).toMatchObject({ code: 'EINVAL', syscall: 'mmap' })
    expect(errorOf(() => os.unmap(1n, page))).toMatchObject({ code: 'EINVAL', syscall: 'munmap' })
    expect(errorOf(() => os.advise(1n, page, 'random'))).toMatchObject({ code: 'EINVAL', syscall: 'madvise' })
    const fallocateError = errorOf(() => os.allocateBlocks(-1, 0, page, false))
    expect(fallocateError).toMatchObject({
      code: 'EBADF',
      syscall: 'fallocate',
      errno: -osConstants.errno.EBADF,
    })
    expect(errorOf(() => os.syncFile(-1))).toBeInstanceOf(Error)
  })

  it('tells of an open file what the runtime tells of it', () => {
    for (const path of [newFile(), projectPath('package.json'), '/dev/null', '/proc/self/maps']) {
      const fd = openSync(path, 'r')
      onTestFinished(() => closeSync(fd))
      const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(fd, { bigint: true })
      const told = os.statFile(fd)
      expect(told).toMatchObject({ dev, ino, size })
      expectAhead(told.mtimeNs - mtimeNs, MS)
      expectAhead(told.ctimeNs - ctimeNs, SECOND)
    }
    expect(errorOf(() => os.statFile(-1))).toBeInstanceOf(Error)
  })

  it('tells the time of a file to the nanosecond', () => {
    const path = newFile()
    const fd = openSync(path, 'r')
    onTestFinished(() => closeSync(fd))
    const { status } = spawnSync('touch', ['-m', '-d', '@1234567890.123456789', path])
    expect(status).toBe(0)
    const { mtimeNs, ctimeNs } = os.statFile(fd)
    expect(mtimeNs).toBe(1_234_567_890_123_456_789n)
    // That can't be set: it tells when the other one was.
    expectAhead(ctimeNs - fstatSync(fd, { bigint: true }).ctimeNs, SECOND)
  })

  it('reports a failure to sync on another thread, with its code', async () => {
    const fd = openSync('/dev/null', 'r')
    await expect(os.syncFileAsync(fd)).rejects.toMatchObject({ code: 'EINVAL' })
    closeSync(fd)
  })

  it('writes what was stored through a mapping when the file is synced', (context) => {
    const path = newFile()
    const fd = openSync(path, 'r+')
    os.allocateBlocks(fd, 0, os.pageSizeBytes, false)
    const address = os.reserve(os.pageSizeBytes)
    os.mapFile(fd, 0, address, os.pageSizeBytes, 'shared')
    new Uint8Array(os.viewOf(address, os.pageSizeBytes))[0] = 1
    if (dirtyKib(path) === 0) return context.skip('this file system has no dirty pages')
    os.syncFile(fd)
    expect(dirtyKib(path)).toBe(0)
    closeSync(fd)
  })
})

describe('locks', () => {
  it('exclude other descriptors until released or closed', () => {
    const path = newFile()
    const [a, b] = [openSync(path, 'r+'), openSync(path, 'r+')]
    expect(os.tryLock(a, 'exclusive')).toBe(true)
    expect(os.tryLock(a, 'exclusive')).toBe(true)
    expect(os.tryLock(b, 'exclusive')).toBe(false)
    expect(os.tryLock(b, 'shared')).toBe(false)
    os.unlock(a)
    os.unlock(a)
    expect(os.tryLock(b, 'shared')).toBe(true)
    expect(os.tryLock(a, 'shared')).toBe(true)
    expect(os.tryLock(a, 'exclusive')).toBe(false)
    closeSync(b)
    expect(os.tryLock(a, 'exclusive')).toBe(true)
    closeSync(a)
  })

  it('report other failures', () => {
    expect(errorOf(() => os.tryLock(-1, 'shared'))).toMatchObject({ code: 'EBADF', syscall: 'flock' })
    expect(errorOf(() => os.unlock(-1))).toMatchObject({ code: 'EBADF' })
  })
})

describe('SystemError', () => {
  it('looks like an error of node:fs', () => {
    const error = new SystemError('mmap', osConstants.errno.ENOMEM)
    expect(error).toMatchObject({
      code: 'ENOMEM',
      errno: -12,
      syscall: 'mmap',
      message: 'ENOMEM: mmap failed',
    })
    expect(explained(error, 'a.mmf')).toMatchObject({
      path: 'a.mmf',
      message: "ENOMEM: mmap failed on 'a.mmf'",
      cause: error,
    })
    expect(new SystemError('mmap', 9999).code).toBe('errno 9999')
  })

  it('is explained to users: full disks, and which file it was', () => {
    const fsError = errorOf(() => openSync('/no/such/file', 'r'))
    expect(explained(fsError, 'a.mmf')).toBe(fsError)
    const bare = Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO', syscall: 'write' })
    expect(explained(bare, 'a.mmf')).toMatchObject({
      ...{ code: 'EIO', syscall: 'write', errno: -osConstants.errno.EIO, path: 'a.mmf', cause: bare },
      message: "EIO: write failed on 'a.mmf'",
    })
    for (const code of ['ENOSPC', 'EDQUOT'] as const) {
      const error = new SystemError('write', osConstants.errno[code])
      expect(explained(error, 'a.mmf')).toMatchObject({ code: 'ERR_NO_SPACE', path: 'a.mmf', cause: error })
    }
    const named = new SystemError('open', osConstants.errno.ENOSPC, 'a.mmf.lock')
    expect(explained(named, 'a.mmf')).toMatchObject({ code: 'ERR_NO_SPACE', path: 'a.mmf.lock' })
    const ours = Object.assign(new Error(), { code: 'ERR_LOCKED' })
    for (const other of [ours, new RangeError('a'), 'text', undefined])
      expect(explained(other, 'a.mmf')).toBe(other)
  })

  it('is told apart by code, together with those of node:fs', () => {
    const fsError = errorOf(() => openSync('/no/such/file', 'r'))
    expect(isSystemError(fsError, 'EACCES', 'ENOENT')).toBe(true)
    expect(isSystemError(fsError, 'EACCES')).toBe(false)
    expect(isSystemError(new SystemError('fallocate', osConstants.errno.EOPNOTSUPP), 'EOPNOTSUPP')).toBe(true)
    expect(isSystemError(Object.assign(new Error(), { code: 'ERR_LOCKED' }), 'ENOENT')).toBe(false)
    expect(isSystemError(new Error('ENOENT'), 'ENOENT')).toBe(false)
    expect(isSystemError('ENOENT', 'ENOENT')).toBe(false)
  })
})

/** KiB of a mapping that are not in the file yet, see proc_pid_smaps(5). */
function dirtyKib(path: string): number {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
  const mapping = mappings.find((text) => text.split('\n')[0]?.endsWith(path)) ?? ''
  const kib = [...mapping.matchAll(/^(?:Shared|Private)_Dirty: +(\d+) kB$/gm)].map((match) =>
    Number(match[1]),
  )
  return kib.reduce((sum, value) => sum + value, 0)
}

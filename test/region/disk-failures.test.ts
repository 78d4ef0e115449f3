import { execFileSync } from 'node:child_process'
import { appendFileSync, fstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import type { constants } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { nativeOs } from '../../src/os/native-os.ts'
import type { NativeOs } from '../../src/os/os.ts'
import { errorOf } from '../support/errors.ts'
import {
  codeOf,
  halfFull,
  openWritable,
  osWith,
  PAGE_BYTES,
  snapshotOf,
  systemError,
  tempFiles,
} from './support.ts'

const newFile = tempFiles()
const real = nativeOs('test')

/** A disk that has the blocks, but where the end of the file can't be moved over them. */
function immovable(code: keyof typeof constants.errno): NativeOs {
  return osWith({
    allocateBlocks: (fd, offsetBytes, lengthBytes, keepSize) => {
      if (!keepSize) throw systemError(code)
      real.allocateBlocks(fd, offsetBytes, lengthBytes, keepSize)
    },
  })
}

describe('growth on a full disk', () => {
  it.each([
    ['the blocks', halfFull],
    ['the move of the end', immovable],
  ])('leaves file and region as they were, if it fails at %s', (_what, failing) => {
    const path = newFile()
    writeFileSync(path, Buffer.alloc(5000, 1))
    const before = snapshotOf(path)
    for (const [code, expected] of [
      ['ENOSPC', 'ERR_NO_SPACE'],
      ['EDQUOT', 'ERR_NO_SPACE'],
      ['EFBIG', 'ERR_TOO_LARGE'],
    ] as const) {
      const region = openWritable(path, { os: failing(code), reserveBytes: 4 * PAGE_BYTES })
      const { buffer } = region
      for (const sizeBytes of [5001, 3 * PAGE_BYTES, 2 ** 22]) {
        expect(codeOf(() => region.grow(sizeBytes))).toBe(expected)
        expect(snapshotOf(path)).toEqual(before)
      }
      expect(region.buffer).toBe(buffer)
      expect(region.sizeBytes).toBe(5000)
      region.close()
    }
  })

  it('restores the size where blocks can be had only by moving the end', () => {
    const path = newFile()
    writeFileSync(path, Buffer.alloc(5000, 1))
    const before = snapshotOf(path)
    const os = osWith({
      allocateBlocks: (fd, offsetBytes, lengthBytes, keepSize) => {
        if (keepSize) throw systemError('EOPNOTSUPP')
        real.allocateBlocks(fd, offsetBytes, Math.ceil(lengthBytes / 2), false)
        throw systemError('ENOSPC')
      },
    })
    const region = openWritable(path, { os })
    expect(codeOf(() => region.grow(2 ** 20))).toBe('ERR_NO_SPACE')
    expect(snapshotOf(path)).toEqual(before)
    region.close()
  })

  it('leaves alone what another process grew meanwhile', () => {
    const path = newFile()
    const os = osWith({
      allocateBlocks: () => {
        appendFileSync(path, Buffer.alloc(3000, 5))
        throw systemError('ENOSPC')
      },
    })
    const region = openWritable(path, { os })
    expect(codeOf(() => region.grow(1000))).toBe('ERR_NO_SPACE')
    expect(readFileSync(path)).toEqual(Buffer.alloc(3000, 5))
    region.close()
  })

  it('passes other failures on as they are', () => {
    const region = openWritable(newFile(), { os: halfFull('EIO') })
    expect(errorOf(() => region.grow(1000))).toMatchObject({ name: 'SystemError', code: 'EIO' })
    region.close()
  })

  it('finds a real full disk', (context) => {
    const path = tinyDisk()
    if (path === undefined) return context.skip('no permission to mount a file system')
    const region = openWritable(path)
    region.grow(PAGE_BYTES)
    region.view(0, 1)[0] = 1
    const before = snapshotOf(path)
    expect(codeOf(() => region.grow(2 ** 20))).toBe('ERR_NO_SPACE')
    expect(snapshotOf(path)).toEqual(before)
    // What was taken in vain was given back.
    region.grow(100 * 1024)
    region.view(0, 100 * 1024).fill(2)
    region.close()
  })
})

describe('a file system that does not allocate', () => {
  it.each(['EOPNOTSUPP', 'ENOSYS', 'EINVAL'] as const)('gets zeros written (%s)', (code) => {
    const path = newFile()
    writeFileSync(path, Buffer.alloc(100, 1))
    const os = osWith({
      allocateBlocks: () => {
        throw systemError(code)
      },
    })
    const region = openWritable(path, { os })
    region.grow(2.5 * 2 ** 20)
    const { size, blocks } = statSync(path)
    expect(size).toBe(2.5 * 2 ** 20)
    expect(blocks * 512).toBeGreaterThanOrEqual(size)
    const contents = readFileSync(path)
    expect(contents.subarray(0, 100).equals(Buffer.alloc(100, 1))).toBe(true)
    expect(contents.subarray(100).equals(Buffer.alloc(size - 100))).toBe(true)
    region.close()
  })

  it('is restored when it is full', () => {
    const path = newFile()
    writeFileSync(path, Buffer.alloc(100, 1))
    const before = snapshotOf(path)
    const os = osWith({
      allocateBlocks: () => {
        throw systemError('EOPNOTSUPP')
      },
      syncFile: (fd) => {
        expect(fstatSync(fd).size).toBe(5000)
        throw systemError('ENOSPC')
      },
    })
    const region = openWritable(path, { os })
    expect(codeOf(() => region.grow(5000))).toBe('ERR_NO_SPACE')
    expect(snapshotOf(path)).toEqual(before)
    region.close()
  })
})

it('allocation goes on after signals, in smaller steps', () => {
  const path = newFile()
  let calls = 0
  const os = osWith({
    allocateBlocks: (fd, offsetBytes, lengthBytes, keepSize) => {
      calls++
      // Too long ever to finish between two signals.
      if (lengthBytes > 2 ** 18) throw systemError('EINTR')
      real.allocateBlocks(fd, offsetBytes, lengthBytes, keepSize)
    },
  })
  const region = openWritable(path, { os })
  region.grow(2 ** 20)
  expect(statSync(path).size).toBe(2 ** 20)
  expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(2 ** 20)
  expect(calls).toBe(12)
  region.close()
})

const mounted: string[] = []
afterAll(() => {
  for (const folder of mounted) execFileSync('umount', [folder])
})

/** The path of a file on a disk of 256 KiB; undefined where this process may not mount one. */
function tinyDisk(): string | undefined {
  const folder = `${newFile()}.disk`
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  mounted.push(folder)
  writeFileSync(`${folder}/file.bin`, '')
  return `${folder}/file.bin`
}

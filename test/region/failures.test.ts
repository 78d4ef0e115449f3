import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { constants } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { nativeOs } from '../../src/os/native-os.ts'
import type { NativeOs } from '../../src/os/os.ts'
import { SystemError } from '../../src/os/system-error.ts'
import { MappedRegion } from '../../src/region/mapped-region.ts'
import {
  codeOf,
  errorOf,
  openReadOnly,
  openWritable,
  osWith,
  PAGE_BYTES,
  snapshotOf,
  tempFiles,
} from './support.ts'

const newFile = tempFiles()
const real = nativeOs('test')

type Errno = keyof typeof constants.errno

const systemError = (code: Errno): SystemError => new SystemError('test', constants.errno[code])

/** A disk that has only half of the blocks asked for. */
function halfFull(code: Errno): NativeOs {
  return osWith({
    allocateBlocks: (fd, offsetBytes, lengthBytes, keepSize) => {
      real.allocateBlocks(fd, offsetBytes, Math.ceil(lengthBytes / 2), keepSize)
      throw systemError(code)
    },
  })
}

/** A disk that has the blocks, but where the end of the file can't be moved over them. */
function immovable(code: Errno): NativeOs {
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

describe('too little address space', () => {
  /** Refuses to map more than so many bytes. */
  const limited = (maxBytes: number): NativeOs =>
    osWith({
      reserve: (lengthBytes) => {
        if (lengthBytes > maxBytes) throw systemError('ENOMEM')
        return real.reserve(lengthBytes)
      },
    })

  it('is made do with', () => {
    const region = openWritable(newFile(), { os: limited(100 * PAGE_BYTES), reserveBytes: 2 ** 30 })
    region.grow(60 * PAGE_BYTES)
    region.grow(99 * PAGE_BYTES)
    region.view(99 * PAGE_BYTES - 1, 1)[0] = 1
    expect(codeOf(() => region.grow(100 * PAGE_BYTES))).toBe('ERR_NO_SPACE')
    region.close()
  })

  it('leaves file and region as they were', () => {
    const path = newFile()
    const region = openWritable(path, { os: limited(4 * PAGE_BYTES), reserveBytes: PAGE_BYTES })
    region.grow(PAGE_BYTES)
    const before = snapshotOf(path)
    const { buffer } = region
    expect(codeOf(() => region.grow(100 * PAGE_BYTES))).toBe('ERR_NO_SPACE')
    expect(snapshotOf(path)).toEqual(before)
    expect(region.buffer).toBe(buffer)
    expect(region.sizeBytes).toBe(PAGE_BYTES)
    openWritable(path).grow(100 * PAGE_BYTES)
    expect(codeOf(() => region.follow())).toBe('ERR_NO_SPACE')
    expect(region.sizeBytes).toBe(PAGE_BYTES)
    region.close()
  })

  it('unmaps what it mapped when a later step fails', () => {
    const mapped = new Set<bigint>()
    const counted = {
      reserve: (lengthBytes: number) => {
        const address = real.reserve(lengthBytes)
        mapped.add(address)
        return address
      },
      unmap: (address: bigint, lengthBytes: number) => {
        mapped.delete(address)
        real.unmap(address, lengthBytes)
      },
    }
    const noFence = osWith({
      ...counted,
      mapZeroPages: () => {
        throw systemError('ENOMEM')
      },
    })
    expect(codeOf(() => openWritable(newFile(), { os: noFence, reserveBytes: 1 }))).toBe('ERR_NO_SPACE')
    expect(mapped.size).toBe(0)

    const region = openWritable(newFile(), {
      os: { ...halfFull('ENOSPC'), ...counted },
      reserveBytes: 1,
    })
    expect(codeOf(() => region.grow(10 * PAGE_BYTES))).toBe('ERR_NO_SPACE')
    expect(mapped.size).toBe(1)
    region.close()
  })

  it('closes with pages that can only be read, and says so when even those are refused', () => {
    const path = newFile()
    writeFileSync(path, Buffer.alloc(100, 1))
    let refused = (writable: boolean): boolean => writable
    const os = osWith({
      mapZeroPages: (address, lengthBytes, writable) => {
        if (lengthBytes > PAGE_BYTES && refused(writable)) throw systemError('ENOMEM')
        real.mapZeroPages(address, lengthBytes, writable)
      },
    })
    const region = openWritable(path, { os })
    const view = region.view(0, 100)
    region.close()
    expect(view[0]).toBe(0)

    refused = () => true
    const other = openReadOnly(path, { os })
    other.view(0, 1)
    expect(errorOf(() => other.close())).toMatchObject({ code: 'ENOMEM', path })
    expect(codeOf(() => other.sync())).toBe('ERR_CLOSED')
    other.close()
  })
})

describe('opening', () => {
  it('says which file can not be mapped, and closes the descriptor', () => {
    const path = newFile()
    writeFileSync(path, 'x')
    const fd = openSync(path, 'r')
    // mmap(2): a shared mapping to write to needs a descriptor open for writing.
    const error = errorOf(() => new MappedRegion(fd, path, { readOnly: false }))
    expect(error).toMatchObject({ code: 'EACCES', syscall: 'mmap', path })
    expect(() => fstatSync(fd)).toThrow('EBADF')
  })

  it('refuses a file larger than the runtime can map, rather than ending the process', () => {
    const path = newFile()
    const os = osWith({ maxViewBytes: 10 * PAGE_BYTES })
    const region = openWritable(path, { os, reserveBytes: 2 ** 40 })
    region.grow(9 * PAGE_BYTES)
    expect(region.buffer.byteLength).toBe(10 * PAGE_BYTES)
    expect(codeOf(() => region.grow(9 * PAGE_BYTES + 1))).toBe('ERR_TOO_LARGE')
    expect(statSync(path).size).toBe(9 * PAGE_BYTES)
    openWritable(path).grow(10 * PAGE_BYTES)
    expect(codeOf(() => region.follow())).toBe('ERR_TOO_LARGE')
    expect(codeOf(() => openReadOnly(path, { os }))).toBe('ERR_TOO_LARGE')
    region.close()
  })
})

describe('syncing', () => {
  it('reports what the system says', async () => {
    const os = osWith({
      syncFile: () => {
        throw systemError('EIO')
      },
      syncFileAsync: async () => {
        throw systemError('EIO')
      },
    })
    const region = openWritable(newFile(), { os })
    expect(errorOf(() => region.sync())).toMatchObject({ code: 'EIO' })
    await expect(region.flush()).rejects.toMatchObject({ code: 'EIO' })
    region.close()
  })
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

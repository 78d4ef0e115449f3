import { fstatSync, openSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nativeOs } from '../../src/os/native-os.ts'
import type { NativeOs } from '../../src/os/os.ts'
import { MappedRegion } from '../../src/region/mapped-region.ts'
import { errorOf } from '../support/errors.ts'
import {
  codeOf,
  halfFull,
  openReadOnly,
  openWritable,
  osWith,
  PAGE_BYTES,
  snapshotOf,
  systemError,
  tempFiles,
} from './support.ts'

const newFile = tempFiles()
const real = nativeOs('test')

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
    // What was taken for the growth is put aside, and the next try has it.
    for (let round = 0; round < 3; round++) {
      expect(codeOf(() => region.grow(10 * PAGE_BYTES))).toBe('ERR_NO_SPACE')
      expect(mapped.size).toBe(2)
    }
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

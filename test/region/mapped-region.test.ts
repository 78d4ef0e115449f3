import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { AccessPattern } from '../../src/os/os.ts'
import { describeRegion } from './region.suite.ts'
import { codeOf, openReadOnly, openWritable, osWith, PAGE_BYTES, tempFiles } from './support.ts'

const newFile = tempFiles()

describeRegion('MappedRegion', () => openWritable(newFile(), { reserveBytes: 8 * PAGE_BYTES }))
describeRegion('MappedRegion that is soon outgrown', () =>
  openWritable(newFile(), { reserveBytes: PAGE_BYTES, access: 'sequential' }),
)

describe('MappedRegion that writes', () => {
  it('stores to the file, and nowhere else', async () => {
    const path = newFile()
    const region = openWritable(path)
    region.grow(5000)
    const bytes = region.view(0, 5000)
    new Uint8Array(region.buffer)[4999] = 1
    expect(readFileSync(path)[4999]).toBe(1)
    expect(statSync(path).size).toBe(5000)
    await region.flush()
    region.close()
    bytes.fill(9)
    expect(readFileSync(path).filter((byte) => byte === 9)).toHaveLength(0)
  })

  it('reads what the file holds, whatever its size', () => {
    for (const sizeBytes of [1, PAGE_BYTES - 1, PAGE_BYTES, PAGE_BYTES + 1, 3 * PAGE_BYTES]) {
      const path = newFile()
      writeFileSync(path, Buffer.alloc(sizeBytes, 3))
      const region = openWritable(path, { reserveBytes: 1 })
      expect(region.sizeBytes).toBe(sizeBytes)
      expect(Buffer.from(region.buffer, 0, sizeBytes).equals(Buffer.alloc(sizeBytes, 3))).toBe(true)
      region.close()
    }
  })

  it('allocates blocks', () => {
    const path = newFile()
    openWritable(path).grow(2 ** 20)
    expect(statSync(path).blocks * 512).toBeGreaterThanOrEqual(2 ** 20)
  })

  it('grows in place up to what it reserved: the same views see the new bytes', () => {
    const region = openWritable(newFile(), { reserveBytes: 2 ** 20 })
    const bytes = new Uint8Array(region.buffer)
    for (let sizeBytes = 100; sizeBytes <= 2 ** 20; sizeBytes += 50_021) {
      expect(region.grow(sizeBytes)).toBe(false)
      bytes[sizeBytes - 1] = 4
      expect(region.view(sizeBytes - 1, 1)[0]).toBe(4)
    }
    region.close()
  })

  it('takes a larger range when outgrown; views over the earlier ones still see the file', () => {
    const region = openWritable(newFile(), { reserveBytes: PAGE_BYTES })
    region.grow(100)
    const earlier: Uint8Array[] = []
    for (let round = 0; round < 6; round++) {
      earlier.push(new Uint8Array(region.buffer), region.view(0, 100))
      const { byteLength } = region.buffer
      while (!region.grow(2 * region.sizeBytes));
      expect(region.buffer.byteLength).toBeGreaterThan(1.5 * byteLength)
    }
    new Uint8Array(region.buffer)[50] = 8
    for (const view of earlier) {
      expect(view[50]).toBe(8)
      view[51] = 9
    }
    expect(region.view(51, 1)[0]).toBe(9)
    region.close()
    for (const view of earlier) expect(view[50]).toBe(0)
  })

  it('follows growth by another region, in place and beyond what it reserved', () => {
    const path = newFile()
    const writer = openWritable(path)
    const follower = openWritable(path, { reserveBytes: 4 * PAGE_BYTES })
    const reader = openReadOnly(path, { reserveBytes: 4 * PAGE_BYTES })
    for (const [sizeBytes, replaces] of [
      [10, false],
      [4 * PAGE_BYTES, false],
      [4 * PAGE_BYTES + 1, true],
    ] as const) {
      writer.grow(sizeBytes)
      writer.view(sizeBytes - 1, 1)[0] = 7
      for (const region of [follower, reader]) {
        expect(region.follow()).toBe(replaces)
        expect(region.sizeBytes).toBe(sizeBytes)
        expect(region.view(sizeBytes - 1, 1)[0]).toBe(7)
      }
    }
    for (const region of [writer, follower, reader]) region.close()
  })

  it('does not cut what another region grew meanwhile', () => {
    const path = newFile()
    const [first, second] = [openWritable(path), openWritable(path)]
    first.grow(100_000)
    first.view(99_999, 1)[0] = 3
    second.grow(50_000)
    expect(second.sizeBytes).toBe(100_000)
    expect(second.view(99_999, 1)[0]).toBe(3)
    expect(statSync(path).size).toBe(100_000)
  })

  it('notices that the file was cut, before it touches what is gone', () => {
    const path = newFile()
    const region = openWritable(path)
    region.grow(100_000)
    truncateSync(path, 50_000)
    expect(codeOf(() => region.follow())).toBe('ERR_CORRUPTED')
    expect(codeOf(() => region.grow(200_000))).toBe('ERR_CORRUPTED')
    expect(statSync(path).size).toBe(50_000)
    region.close()
  })

  it('tells the kernel how pages will be touched, and does without if it will not hear', () => {
    const advised: AccessPattern[] = []
    const os = osWith({
      advise: (_address, _lengthBytes, access) => {
        advised.push(access)
        throw new Error('not now')
      },
    })
    const path = newFile()
    openWritable(path, { os }).grow(1)
    openWritable(path, { os, access: 'random' }).grow(2 * PAGE_BYTES)
    openReadOnly(path, { os, access: 'sequential' }).close()
    // The file's first page, then what it grew by.
    expect(advised).toEqual(['random', 'random', 'sequential'])
  })
})

describe('MappedRegion that only reads', () => {
  it('does not grow', () => {
    const region = openReadOnly(newFile())
    expect(codeOf(() => region.grow(1))).toBe('ERR_READ_ONLY')
    expect(region.grow(0)).toBe(false)
  })

  it('maps an empty file, and has nothing to sync', async () => {
    const path = newFile()
    const failing = osWith({
      syncFile: () => expect.unreachable(),
      syncFileAsync: () => expect.unreachable(),
    })
    const region = openReadOnly(path, { os: failing })
    expect(region.sizeBytes).toBe(0)
    region.sync()
    await region.flush()
    region.close()
  })

  it('lets users write to their views, which reaches neither the file nor what it reads itself', () => {
    const path = newFile()
    const writer = openWritable(path, { reserveBytes: PAGE_BYTES })
    writer.grow(2 * PAGE_BYTES)
    const reader = openReadOnly(path, { reserveBytes: PAGE_BYTES })
    const own = new Uint8Array(reader.buffer)
    const view = reader.view(0, 2 * PAGE_BYTES)
    writer.view(5, 1)[0] = 1
    expect(view[5]).toBe(1)
    view[5] = 99
    expect(view[5]).toBe(99)
    expect(own[5]).toBe(1)
    expect(readFileSync(path)[5]).toBe(1)

    // A page that was not written to still follows the file, and later views reach what it grew by.
    writer.view(PAGE_BYTES, 1)[0] = 2
    expect(view[PAGE_BYTES]).toBe(2)
    writer.grow(20 * PAGE_BYTES)
    writer.view(20 * PAGE_BYTES - 1, 1)[0] = 3
    reader.follow()
    expect(reader.view(20 * PAGE_BYTES - 1, 1)[0]).toBe(3)

    reader.close()
    view[5] = 98
    expect(own[5]).toBe(0)
    expect(view[PAGE_BYTES]).toBe(0)
    expect(readFileSync(path)[5]).toBe(1)
    writer.close()
  })
})

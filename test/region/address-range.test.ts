import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ReservedRange } from '../../src/region/address-range.ts'
import {
  counting,
  mappingsOf,
  openReadOnly,
  openWritable,
  PAGE_BYTES,
  tempFiles,
  untilCollected,
} from './support.ts'

const newFile = tempFiles()

describe('address space that is used again', () => {
  it('is that of closed regions: without a pause there are as many ranges as regions at a time', () => {
    const { os, made } = counting()
    const paths = Array.from({ length: 5 }, () => newFile())
    for (let round = 0; round < 1000; round++) {
      const regions = paths.map((path) => openWritable(path, { os, reserveBytes: 2 ** 20 }))
      for (const region of regions) region.grow(round * 100)
      for (const region of regions) region.close()
    }
    expect(made.length).toBe(paths.length)
  })

  it('fits files of many sizes', () => {
    const { os, made } = counting()
    for (let sizeBytes = 2 ** 20; sizeBytes < 2 ** 21; sizeBytes += 2 ** 12) {
      const path = newFile()
      truncateSync(path, sizeBytes)
      openReadOnly(path, { os, reserveBytes: 1 }).close()
    }
    expect(made.length).toBeLessThanOrEqual(5)
  })

  it('is that of outgrown ranges too', () => {
    const { os, made } = counting()
    for (let round = 0; round < 100; round++) {
      const region = openWritable(newFile(), { os, reserveBytes: 1 })
      for (let pages = 1; pages < 100; pages *= 2) region.grow(pages * PAGE_BYTES)
      region.close()
    }
    expect(made.length).toBeLessThan(10)
  })

  it('holds nothing of the file before', () => {
    const { os, made } = counting()
    const [large, small] = [newFile(), newFile()]
    writeFileSync(large, Buffer.alloc(10 * PAGE_BYTES, 1))
    writeFileSync(small, Buffer.alloc(PAGE_BYTES, 2))
    const first = openWritable(large, { os, reserveBytes: 20 * PAGE_BYTES })
    const { buffer } = first
    first.close()
    expect(new Uint8Array(buffer).every((byte) => byte === 0)).toBe(true)
    const second = openReadOnly(small, { os, reserveBytes: 20 * PAGE_BYTES })
    expect(second.buffer).toBe(buffer)
    expect(new Uint8Array(buffer).filter((byte) => byte !== 0)).toHaveLength(PAGE_BYTES)
    expect(mappingsOf(large)).toBe(0)
    second.close()
    expect(made).toHaveLength(1)
  })

  it('is not what a user may still look into', () => {
    const { os, disowned } = counting()
    const views: Uint8Array[] = []
    for (let round = 0; round < 20; round++) {
      const path = newFile()
      writeFileSync(path, Buffer.alloc(1000, round + 1))
      const region = round % 2 === 0 ? openWritable(path, { os }) : openReadOnly(path, { os })
      views.push(region.view(0, 1000))
      expect(views.at(-1)?.[999]).toBe(round + 1)
      region.close()
      for (const view of views) expect(view[999]).toBe(0)
    }
    expect(new Set(disowned).size).toBe(20)
  })

  it('is given back where nobody takes it', async () => {
    const { os, made, unmapped } = counting()
    const regions = Array.from({ length: 20 }, () => openWritable(newFile(), { os }))
    for (const region of regions) region.close()
    regions.length = 0
    expect(await untilCollected(() => unmapped.length >= made.length - 1)).toBe(true)
    openWritable(newFile(), { os }).close()
    expect(new Set(unmapped).size).toBe(unmapped.length)
  })
})

describe('a range that is taken before its file is there', () => {
  it('has one file after the other, whether or not the mapping of the one before was closed', () => {
    const { os, made } = counting()
    const range = ReservedRange.take(os, PAGE_BYTES)
    const words = new Int32Array(range.buffer)
    const mapped = (path: string) => {
      const region = openWritable(path, { os, range })
      region.grow(PAGE_BYTES)
      expect(region.buffer === range.buffer).toBe(true)
      return region
    }
    const wordIn = (path: string) => readFileSync(path).readInt32LE()
    const [first, second, third] = [newFile(), newFile(), newFile()]
    const given = mapped(first)
    words[0] = 1
    const next = mapped(second)
    words[0] = 2
    given.close()
    // The range is another mapping's by now.
    range.putAside()
    words[0] = 3
    expect([wordIn(first), wordIn(second)]).toEqual([1, 3])
    next.close()
    expect(words[0]).toBe(0)
    const last = mapped(third)
    words[0] = 4
    last.close()
    expect([wordIn(first), wordIn(second), wordIn(third)]).toEqual([1, 3, 4])
    range.putAside()
    expect(ReservedRange.take(os, PAGE_BYTES).buffer === range.buffer).toBe(true)
    expect(made).toHaveLength(1)
  })

  it('has no file that does not fit', () => {
    const range = ReservedRange.take(counting().os, PAGE_BYTES)
    expect(range.use(range.fenceOffsetBytes + 1)).toBeUndefined()
  })
})

import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  collectGarbage,
  counting,
  mappingsOf,
  openReadOnly,
  openWritable,
  osWith,
  PAGE_BYTES,
  tempFiles,
  untilCollected,
} from './support.ts'

const newFile = tempFiles()

function descriptorsOf(path: string): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path
    } catch {
      return false
    }
  }).length
}

describe('a region that is closed', () => {
  it('has neither a descriptor nor a mapping of the file left', () => {
    const path = newFile()
    const region = openWritable(path)
    region.grow(1000)
    expect(mappingsOf(path)).toBe(1)
    expect(descriptorsOf(path)).toBe(1)
    region.close()
    expect(mappingsOf(path)).toBe(0)
    expect(descriptorsOf(path)).toBe(0)
  })

  it('keeps its address range until no view is left, then unmaps it, once', async () => {
    const { os, disowned, unmapped } = counting()
    // Several, since a collector that scans the stack conservatively may take one for alive.
    const count = 10
    const views = Array.from({ length: count }, () => {
      const region = openWritable(newFile(), { os })
      region.grow(1000)
      const kept = region.view(0, 10)
      region.close()
      return kept
    })
    const unmappedViews = () => unmapped.filter((address) => disowned.includes(address))
    expect(disowned).toHaveLength(count)
    expect(await untilCollected(() => unmappedViews().length > 0, 10)).toBe(false)
    for (const view of views) {
      view[0] = 1
      expect(view[0]).toBe(1)
    }
    views.length = 0
    expect(await untilCollected(() => unmappedViews().length >= count - 1)).toBe(true)
    await untilCollected(() => unmappedViews().length > count, 10)
    expect(new Set(unmapped).size).toBe(unmapped.length)
  })

  it('does not touch a range that was collected before, where something else may stand by now', async () => {
    const { os, unmapped } = counting()
    const neutralised: bigint[] = []
    const mapZeroPages: typeof os.mapZeroPages = (address, lengthBytes, writable) => {
      if (lengthBytes > PAGE_BYTES) neutralised.push(address)
      os.mapZeroPages(address, lengthBytes, writable)
    }
    const region = openWritable(newFile(), { os: { ...os, mapZeroPages }, reserveBytes: PAGE_BYTES })
    region.grow(PAGE_BYTES)
    expect(region.grow(10 * PAGE_BYTES)).toBe(true)
    expect(region.grow(100 * PAGE_BYTES)).toBe(true)
    expect(await untilCollected(() => unmapped.length === 2)).toBe(true)
    region.close()
    expect(neutralised).toHaveLength(1)
    expect(unmapped).not.toContain(neutralised[0])
  })

  it('closes the descriptor only after a flush that is under way', async () => {
    const path = newFile()
    let finish = (): void => undefined
    const os = osWith({
      syncFileAsync: () =>
        new Promise<void>((resolve) => {
          finish = resolve
        }),
    })
    const region = openWritable(path, { os })
    const flushing = region.flush()
    region.close()
    expect(mappingsOf(path)).toBe(0)
    expect(descriptorsOf(path)).toBe(1)
    finish()
    await flushing
    expect(descriptorsOf(path)).toBe(0)
  })
})

describe('a region that is dropped without close()', () => {
  it('gives back descriptor and mapping', async () => {
    const path = newFile()
    ;(() => {
      openWritable(path).grow(1000)
      openReadOnly(path).view(0, 10)
    })()
    expect(await untilCollected(() => mappingsOf(path) === 0 && descriptorsOf(path) === 0)).toBe(true)
  })

  it('leaves a view that a user kept live', async () => {
    const path = newFile()
    const view = (() => {
      const region = openWritable(path)
      region.grow(1000)
      return region.view(0, 1000)
    })()
    expect(await untilCollected(() => descriptorsOf(path) === 0)).toBe(true)
    view[999] = 5
    expect(readFileSync(path)[999]).toBe(5)
  })
})

it('opening and closing 2,000 times leaves no descriptors, and no more mappings than the collector frees', async () => {
  const path = newFile()
  const all = () => readFileSync('/proc/self/maps', 'utf8').split('\n').length
  const descriptors = () => readdirSync('/proc/self/fd').length
  collectGarbage()
  const before = { mappings: all(), descriptors: descriptors() }
  for (let round = 0; round < 2000; round++) {
    const region = openWritable(path, { reserveBytes: 2 ** 20 })
    if (round % 2 === 0) region.grow(round)
    region.close()
    // Finalizers run between tasks.
    if (round % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  expect(descriptors()).toBeLessThan(before.descriptors + 20)
  // Ranges of closed regions lie side by side and merge into few entries.
  expect(all()).toBeLessThan(before.mappings + 1000)
  expect(await untilCollected(() => all() < before.mappings + 50)).toBe(true)
})

it('closes no descriptor twice: its number may be another file by then', async () => {
  const path = newFile()
  const region = openWritable(path)
  await region.flush()
  region.close()
  const other = openSync(path, 'r')
  region.close()
  collectGarbage()
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(() => closeSync(other)).not.toThrow()
})

/** What holds for every region; run against each implementation. */
import { afterEach, describe, expect, it } from 'vitest'
import type { Region } from '../../src/region/region.ts'
import { codeOf } from './support.ts'

const MIB = 2 ** 20

/** @param create - makes an empty region that grows */
export function describeRegion(name: string, create: () => Region): void {
  describe(`${name}, as any region`, () => {
    const opened: Region[] = []
    const open = (): Region => {
      const region = create()
      opened.push(region)
      return region
    }
    afterEach(() => {
      for (const region of opened.splice(0)) region.close()
    })

    it('starts empty, and grows by zeroed bytes', () => {
      const region = open()
      expect(region.sizeBytes).toBe(0)
      for (const sizeBytes of [1, 100, 4096, 4097, 3 * MIB]) {
        region.grow(sizeBytes)
        expect(region.sizeBytes).toBe(sizeBytes)
        const bytes = new Uint8Array(region.buffer, 0, sizeBytes)
        expect(bytes.every((byte) => byte === 0)).toBe(true)
      }
    })

    it('keeps its contents through growth and replacement of the buffer', () => {
      const region = open()
      let replacements = 0
      for (let sizeBytes = 1; sizeBytes <= 8 * MIB; sizeBytes *= 2) {
        const before = region.buffer
        const replaced = region.grow(sizeBytes)
        expect(region.buffer !== before).toBe(replaced)
        if (replaced) replacements++
        const bytes = new Uint8Array(region.buffer)
        bytes[sizeBytes - 1] = 7
        for (let earlier = 1; earlier <= sizeBytes; earlier *= 2) expect(bytes[earlier - 1]).toBe(7)
      }
      expect(replacements).toBeGreaterThan(0)
    })

    it('does nothing when asked for what it has', () => {
      const region = open()
      region.grow(1000)
      expect(region.grow(1000)).toBe(false)
      expect(region.grow(0)).toBe(false)
      expect(region.follow()).toBe(false)
      expect(region.sizeBytes).toBe(1000)
    })

    it('has a fence word that is aligned, zero, writable and outside the data', () => {
      const region = open()
      for (const sizeBytes of [0, 5, 4096, 40_000, MIB]) {
        region.grow(sizeBytes)
        expect(region.buffer.byteLength % 8).toBe(0)
        expect(region.fenceOffsetBytes % 4).toBe(0)
        expect(region.fenceOffsetBytes).toBeGreaterThanOrEqual(region.sizeBytes)
        expect(region.fenceOffsetBytes + 4).toBeLessThanOrEqual(region.buffer.byteLength)
        const words = new Int32Array(region.buffer)
        const fence = region.fenceOffsetBytes / 4
        expect(words[fence]).toBe(0)
        words[fence] = 0
      }
    })

    it('gives views that show later stores, and whose stores can be read', () => {
      const region = open()
      region.grow(100)
      const view = region.view(40, 10)
      expect(view.length).toBe(10)
      const bytes = new Uint8Array(region.buffer)
      bytes[49] = 5
      expect(view[9]).toBe(5)
      view[0] = 6
      expect(bytes[40]).toBe(6)
    })

    it('can be read from end to end, and so be posted to a worker', () => {
      const region = open()
      for (const sizeBytes of [0, 10, 5000]) {
        region.grow(sizeBytes)
        // Copies all of the buffer under the view.
        const view = region.view(0, sizeBytes)
        expect(structuredClone(view).buffer.byteLength).toBe(view.buffer.byteLength)
      }
    })

    it('syncs and flushes', async () => {
      const region = open()
      region.grow(10_000)
      region.sync()
      await region.flush()
      const flushing = region.flush()
      region.close()
      await flushing
    })

    it('refuses growth beyond what can be, and is as it was', () => {
      const region = open()
      region.grow(10)
      const { buffer, fenceOffsetBytes } = region
      for (const sizeBytes of [2 ** 60, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN]) {
        expect(codeOf(() => region.grow(sizeBytes))).toBe('ERR_TOO_LARGE')
      }
      expect(region.buffer).toBe(buffer)
      expect(region.sizeBytes).toBe(10)
      expect(region.fenceOffsetBytes).toBe(fenceOffsetBytes)
      region.grow(20)
    })

    it('is empty once closed, however often, and refuses every use', async () => {
      const region = open()
      region.grow(100_000)
      region.close()
      region.close()
      expect(region.sizeBytes).toBe(0)
      expect(region.buffer.byteLength).toBeLessThan(100)
      expect(new Int32Array(region.buffer)[region.fenceOffsetBytes / 4]).toBe(0)
      const uses = [() => region.grow(1), () => region.follow(), () => region.view(0, 1), () => region.sync()]
      for (const use of uses) expect(codeOf(use)).toBe('ERR_CLOSED')
      await expect(region.flush()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    })

    it('leaves stale views harmless, from before and after a replacement', () => {
      const region = open()
      region.grow(1000)
      const stale = [region.view(10, 10)]
      while (!region.grow(2 * region.sizeBytes));
      stale.push(region.view(10, 10))
      region.close()
      for (const view of stale) {
        view.fill(9, 0, 10)
        expect(view[9]).toBe(9)
        // Every page can be read, and written to, those that never held data among them.
        const all = new Uint8Array(view.buffer)
        for (let offset = 0; offset < all.length; offset += 4096) {
          expect(all[offset]).toBeLessThan(256)
          all[offset] = 1
        }
        all[all.length - 1] = 1
      }
    })
  })
}

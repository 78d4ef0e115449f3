import { constants } from 'node:buffer'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { HeapRegion } from '../../src/region/heap-region.ts'
import { describeRegion } from './region.suite.ts'
import { codeOf } from './support.ts'

describeRegion('HeapRegion', () => new HeapRegion())

describe('HeapRegion', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('copies a byte a bounded number of times, however many small steps it grows by', () => {
    const region = new HeapRegion()
    let copiedBytes = 0
    while (region.sizeBytes < 2 ** 20) {
      const { sizeBytes } = region
      if (region.grow(sizeBytes + 100)) copiedBytes += sizeBytes
    }
    expect(copiedBytes).toBeLessThan(2 * region.sizeBytes)
  })

  it('says when it would be larger than an ArrayBuffer can be', () => {
    const region = new HeapRegion(':memory:')
    expect(codeOf(() => region.grow(constants.MAX_LENGTH))).toBe('ERR_TOO_LARGE')
    expect(region.sizeBytes).toBe(0)
  })

  it('makes do with what it needs where there is no memory for twice as much', () => {
    const region = new HeapRegion()
    region.grow(4096)
    limitArrayBuffers(6000)
    expect(region.grow(5000)).toBe(true)
    expect(region.sizeBytes).toBe(5000)
  })

  it('says when there is no memory, and is as it was', () => {
    const region = new HeapRegion()
    region.grow(100)
    new Uint8Array(region.buffer)[99] = 5
    const { buffer } = region
    limitArrayBuffers(6000)
    expect(codeOf(() => region.grow(10_000))).toBe('ERR_NO_SPACE')
    expect(region.buffer).toBe(buffer)
    expect(region.sizeBytes).toBe(100)
    vi.unstubAllGlobals()
    expect(region.grow(10_000)).toBe(true)
    expect(region.view(99, 1)[0]).toBe(5)
  })

  it('passes on what is not about memory', () => {
    const region = new HeapRegion()
    vi.stubGlobal('ArrayBuffer', function Failing() {
      throw new TypeError('no such thing')
    })
    expect(() => region.grow(10_000)).toThrow(TypeError)
  })
})

/** Has every ArrayBuffer above a size fail as it does when memory is short. */
function limitArrayBuffers(maxBytes: number): void {
  const Original = ArrayBuffer
  vi.stubGlobal('ArrayBuffer', function Limited(lengthBytes: number) {
    if (lengthBytes > maxBytes) throw new RangeError('Array buffer allocation failed')
    return new Original(lengthBytes)
  })
}

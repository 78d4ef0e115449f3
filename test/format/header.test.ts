/** The 64 bytes at the start of a file. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeHeader, encodeHeader, HEADER_SIZE_BYTES, type Header } from '../../src/format/header.ts'
import { expectError } from '../support/expect-error.ts'
import { goldenBytes, goldenHashes } from '../support/golden.ts'

const header: Header = {
  schemaHash: Uint8Array.from({ length: 32 }, (_, i) => i + 1),
  schemaVersion: 0x01020304,
  recordSizeBytes: 0x05060708,
  recordCount: 0x1112131415161718n,
  capacityCount: 0x2122232425262728n,
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

it('has every entry at its place, little-endian', () => {
  const bytes = encodeHeader(header)
  expect(bytes).toHaveLength(HEADER_SIZE_BYTES)
  expect(HEADER_SIZE_BYTES).toBe(64)
  expect(hex(bytes.subarray(0, 8))).toBe('4d4d464701000000')
  expect(hex(bytes.subarray(8, 40))).toBe(hex(header.schemaHash))
  expect(hex(bytes.subarray(40, 48))).toBe('0403020108070605')
  expect(hex(bytes.subarray(48, 56))).toBe('1817161514131211')
  expect(hex(bytes.subarray(56, 64))).toBe('2827262524232221')
})

it('of the original is read, and written alike', () => {
  const bytes = goldenBytes('every.mmf').subarray(0, HEADER_SIZE_BYTES)
  const read = decodeHeader(bytes, 'every.mmf')
  expect(hex(read.schemaHash)).toBe(goldenHashes.every)
  expect(read).toMatchObject({ schemaVersion: 3, recordSizeBytes: 96, recordCount: 6n, capacityCount: 64n })
  expect(hex(encodeHeader(read))).toBe(hex(bytes))
})

it('survives a round trip, whatever it holds, wherever in a buffer it stands', () => {
  const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
  const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
  const any = fc.record({
    schemaHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    schemaVersion: u32,
    recordSizeBytes: u32,
    recordCount: u64,
    capacityCount: u64,
  })
  fc.assert(
    fc.property(any, fc.integer({ min: 0, max: 9 }), (written, shift) => {
      const buffer = new Uint8Array(HEADER_SIZE_BYTES + 20).fill(0xaa)
      buffer.set(encodeHeader(written), shift)
      const read = decodeHeader(buffer.subarray(shift), 'any.mmf')
      expect(read).toEqual(written)
      // The hash is a copy: it must not change with the bytes it was read from.
      buffer.fill(0)
      expect(read.schemaHash).toEqual(written.schemaHash)
    }),
  )
})

describe('is refused', () => {
  it.each([0, 1, 4, 8, 63])('with %d bytes', (length) => {
    const error = expectError(
      () => decodeHeader(encodeHeader(header).subarray(0, length), 'a.mmf'),
      'ERR_CORRUPTED',
      {
        path: 'a.mmf',
      },
    )
    expect(error.message).toContain(`the file holds ${length} bytes, less than the 64 of a header`)
  })

  it.each([0, 1, 2, 3])('with another byte %d of the magic', (at) => {
    const bytes = encodeHeader(header)
    bytes[at] = 0x6d
    const error = expectError(() => decodeHeader(bytes, 'a.mmf'), 'ERR_BAD_MAGIC', { path: 'a.mmf' })
    expect(error.message).toContain(
      `the file starts with ${hex(bytes.subarray(0, 4)).match(/../g)?.join(' ')}, not with`,
    )
  })

  it('for its magic rather than its version: it may be anything', () => {
    expectError(() => decodeHeader(new Uint8Array(64), 'a.mmf'), 'ERR_BAD_MAGIC')
  })

  it.each([0, 2, 256, 2 ** 24, 2 ** 32 - 1])('with format version %d', (version) => {
    const bytes = encodeHeader(header)
    new DataView(bytes.buffer).setUint32(4, version, true)
    const error = expectError(() => decodeHeader(bytes, 'a.mmf'), 'ERR_UNSUPPORTED_VERSION', {
      path: 'a.mmf',
    })
    expect(error.message).toContain(`the file has format version ${version}; this release reads version 1`)
  })
})

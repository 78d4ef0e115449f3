/** Files that are no store, or not the one that was asked for: by header and size. */
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineStore, float64, str, uint64 } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { goldenPath } from '../../support/golden.ts'
import { refusal } from '../../support/refusal.ts'
import { tempFolder, tempPath } from '../../support/temp.ts'
import { RECORD_BYTES, TICK, tickFile } from '../../support/tick-files.ts'

const HEADER_BYTES = 64

/** A closed store of three records, without the lock file. */
function newStore(): string {
  const path = tickFile(3, { capacity: 8 })
  rmSync(`${path}.lock`)
  return path
}

const OPENERS = [
  (path: string) => TickStore.open(path),
  (path: string) => TickStore.open(path, { readOnly: true }),
  (path: string) => TickStore.open(path, { writers: 'unlocked' }),
  (path: string) => TickStore.openOrCreate(path),
  (path: string) => TickStore.openOrCreate(path, { readOnly: true }),
]

/** Expects every opener to refuse a file that a change has damaged, and to accept it once that is undone. */
function expectRefused(path: string, code: string, ...words: readonly string[]): void {
  for (const open of OPENERS) {
    const error = refusal(dirname(path), () => open(path))
    expect(error).toMatchObject({ code, path })
    for (const word of [path, ...words]) expect(error.message).toContain(word)
  }
}

function changed(path: string, change: (view: DataView) => void): void {
  const bytes = readFileSync(path)
  change(new DataView(bytes.buffer, bytes.byteOffset, bytes.length))
  writeFileSync(path, bytes)
}

/** Damages a store, expects refusals, repairs it, and expects it to open. */
function refusedAfter(change: (view: DataView) => void, code: string, ...words: readonly string[]): void {
  const path = newStore()
  const good = readFileSync(path)
  changed(path, change)
  expectRefused(path, code, ...words)
  writeFileSync(path, good)
  for (const open of OPENERS) {
    using store = open(path)
    expect(store.get(2)).toEqual(TICK)
  }
}

describe('a file shorter than a header', () => {
  it.each(Array.from({ length: HEADER_BYTES }, (_, size) => [size]))('of %i bytes is corrupted', (size) => {
    const path = tempPath()
    writeFileSync(path, readFileSync(goldenPath('ticks.mmf')).subarray(0, size))
    expectRefused(path, 'ERR_CORRUPTED', `holds ${size} bytes`)
  })
})

describe('a header', () => {
  it('of another magic is none', () => {
    for (let byte = 0; byte < 4; byte++) {
      refusedAfter((view) => view.setUint8(byte, view.getUint8(byte) ^ 0x20), 'ERR_BAD_MAGIC')
    }
  })

  it('of zeros is none', () => {
    const path = tempPath()
    writeFileSync(path, Buffer.alloc(4096))
    expectRefused(path, 'ERR_BAD_MAGIC', '00 00 00 00')
  })

  it.each([0, 2, 256, 2 ** 31, 2 ** 32 - 1])('of format version %i is of an unknown one', (version) => {
    refusedAfter((view) => view.setUint32(4, version, true), 'ERR_UNSUPPORTED_VERSION', `version ${version};`)
  })

  it('of another schema version disagrees', () => {
    for (const version of [0, 2, 2 ** 32 - 1]) {
      refusedAfter(
        (view) => view.setUint32(40, version, true),
        'ERR_SCHEMA_MISMATCH',
        `schema version ${version}, Tick has 1`,
      )
    }
  })

  it.each([0, 8, 96, 112, 2 ** 32 - 8])('of record size %i disagrees', (size) => {
    refusedAfter((view) => view.setUint32(44, size, true), 'ERR_SCHEMA_MISMATCH', `of ${size} bytes`)
  })

  it('of another capacity is believed to be stale, and put right', () => {
    for (const capacity of [0n, 2n, 2n ** 64n - 1n]) {
      const path = newStore()
      changed(path, (view) => view.setBigUint64(56, capacity, true))
      {
        using reader = TickStore.open(path, { readOnly: true })
        expect(reader.capacity).toBe(8)
        expect(reader.get(2)).toEqual(TICK)
      }
      TickStore.open(path).close()
      expect(readFileSync(path).readBigUInt64LE(56)).toBe(8n)
    }
  })
})

describe('a schema hash that differs', () => {
  const Other = defineStore(
    'Other',
    { version: 1 },
    { symbol: str(32), price: float64, timestamp: uint64, bid: float64 },
  )

  it('gives both hashes where there is no sidecar', () => {
    const folder = tempFolder()
    const path = join(folder, 'ticks.mmf')
    copyFileSync(goldenPath('ticks.mmf'), path)
    for (const options of [undefined, { readOnly: true }] as const) {
      const error = refusal(folder, () => Other.open(path, options))
      expect(error).toMatchObject({ code: 'ERR_SCHEMA_MISMATCH', path })
      const inFile = readFileSync(path).subarray(8, 40).toString('hex')
      expect(error.message).toContain(
        `hash ${inFile}, expected ${Buffer.from(Other.definition.hash).toString('hex')}`,
      )
    }
    using store = TickStore.open(path)
    expect(store.length).toBeGreaterThan(0)
  })

  it('names the fields that differ where the schema file tells', () => {
    const path = newStore()
    for (const options of [undefined, { readOnly: true }] as const) {
      const error = refusal(dirname(path), () => Other.open(path, options))
      expect(error).toMatchObject({ code: 'ERR_SCHEMA_MISMATCH', path })
      expect(error.message).toContain(
        '"symbol" is string of 68 bytes in the file, string of 36 in the schema',
      )
      expect(error.message).toContain('"bid" (float64) is not in the file')
      expect(error.message).toContain('"volume" (float64) is only in the file')
      // At another place, for the string before it is shorter.
      expect(error.message).toContain('"timestamp" stands at byte 96')
    }
  })

  it('in the header alone is a sidecar of another file', () => {
    refusedAfter(
      (view) => view.setUint8(8, view.getUint8(8) ^ 1),
      'ERR_SCHEMA_MISMATCH',
      'belongs to another file',
    )
  })
})

describe('a count', () => {
  it.each([
    [9n, 'counts 9 records'],
    [2n ** 32n - 1n, 'counts 4294967295'],
    [2n ** 32n, 'counts 4294967296'],
    [2n ** 32n + 3n, 'counts 4294967299'],
    [2n ** 63n, 'counts 9223372036854775808'],
    [2n ** 64n - 1n, 'counts 18446744073709551615'],
  ])('of %i is above what the file holds', (count, words) => {
    refusedAfter((view) => view.setBigUint64(48, count, true), 'ERR_CORRUPTED', words, 'has room for 8')
  })

  it('of all that the file holds is fine', () => {
    const path = newStore()
    changed(path, (view) => view.setBigUint64(48, 8n, true))
    using store = TickStore.open(path)
    expect(store.length).toBe(8)
    expect(store.get(7).symbol).toBe('')
  })

  it('above 2^32 - 1 that the file does hold is too large', (context) => {
    const path = newStore()
    changed(path, (view) => view.setBigUint64(48, 2n ** 32n, true))
    try {
      truncateSync(path, HEADER_BYTES + 2 ** 32 * RECORD_BYTES)
    } catch {
      context.skip('the file system has no files of this size')
    }
    for (const options of [undefined, { readOnly: true }] as const) {
      expect(() => TickStore.open(path, options)).toThrow(
        expect.objectContaining({ code: 'ERR_TOO_LARGE', path }),
      )
    }
  })
})

describe('a file that was cut short', () => {
  it('within the last record is corrupted', () => {
    for (const size of [HEADER_BYTES + 3 * RECORD_BYTES - 1, HEADER_BYTES + 2 * RECORD_BYTES, HEADER_BYTES]) {
      const path = newStore()
      truncateSync(path, size)
      expectRefused(path, 'ERR_CORRUPTED', 'counts 3 records', 'cut short')
    }
  })

  it('beyond the last record opens, and grows again', () => {
    for (const size of [HEADER_BYTES + 3 * RECORD_BYTES, HEADER_BYTES + 4 * RECORD_BYTES - 1]) {
      const path = newStore()
      truncateSync(path, size)
      using store = TickStore.open(path)
      expect(store.capacity).toBe(3)
      for (let i = 3; i < 100; i++) expect(store.append({ ...TICK, timestamp: BigInt(i) })).toBe(i)
      expect(store.get(2)).toEqual(TICK)
      expect(store.get(99).timestamp).toBe(99n)
    }
  })

  it('to nothing but its header is an empty store, if it counts none', () => {
    const path = newStore()
    changed(path, (view) => view.setBigUint64(48, 0n, true))
    truncateSync(path, HEADER_BYTES)
    {
      using reader = TickStore.open(path, { readOnly: true })
      expect([reader.length, reader.capacity]).toEqual([0, 0])
    }
    using store = TickStore.open(path)
    expect(store.append(TICK)).toBe(0)
    expect(store.get(0)).toEqual(TICK)
  })
})

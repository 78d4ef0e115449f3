/** Files of the original implementation: read as it wrote them, and written as it would. */
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { closureStore } from '../../src/codegen/closures/store.ts'
import { emittedStore } from '../../src/codegen/compile.ts'
import { defineRecord, type StoreDefinition } from '../../src/schema/definition.ts'
import { capacityOf } from '../../src/store/growth.ts'
import type { StoreOptions } from '../../src/store/options.ts'
import { takeWriterLock } from '../../src/writers/writer-lock.ts'
import { type AnyRecord, type AnyStore, type AnyStoreClass, access } from '../support/any-store.ts'
import { expectError } from '../support/expect-error.ts'
import {
  CRASHED_INDICES,
  crashedFile,
  type GoldenFile,
  goldenBytes,
  goldenFiles,
  goldenHashes,
  goldenPath,
  marketCapSchema,
} from '../support/golden.ts'
import { expectRecord, expectRecords } from '../support/model.ts'
import { tempPath } from '../support/temp.ts'

const CAPACITY_OFFSET_BYTES = 56
const RECORDS_OFFSET_BYTES = 64

const IMPLEMENTATIONS: readonly (readonly [string, (definition: StoreDefinition) => AnyStoreClass])[] = [
  ['compiled', emittedStore],
  ['closures', closureStore],
]

/** A copy of a golden file, alone in a folder: without sidecars, as the original leaves it. */
function copyOf(file: string): string {
  const path = tempPath(file)
  copyFileSync(goldenPath(file), path)
  return path
}

/** The file with its capacity, which the original leaves as it was at creation, put right. */
function withTrueCapacity(bytes: Buffer): Buffer {
  const corrected = Buffer.from(bytes)
  const capacity = capacityOf(bytes.length, bytes.readUInt32LE(44))
  corrected.writeBigUInt64LE(BigInt(capacity), CAPACITY_OFFSET_BYTES)
  return corrected
}

describe.each(IMPLEMENTATIONS)('%s stores', (_, make) => {
  const opened = (store: AnyStore): AnyStore => {
    onTestFinished(() => store.close())
    return store
  }
  const open = ({ schema }: GoldenFile, path: string, options?: StoreOptions): AnyStore =>
    opened(make(defineRecord(schema)).open(path, options))

  describe.each(goldenFiles)('$file', (golden) => {
    const { file, schema, records } = golden

    it.each([{}, { writers: 'unlocked' }, { readOnly: true }] as const)(
      'is read as it was written, with %o',
      (options) => {
        const path = copyOf(file)
        const store = open(golden, path, options)
        expectRecords(store, schema, records)
        expect(store.recovered).toEqual([])
        expect(store.capacity).toBe(
          capacityOf(goldenBytes(file).length, defineRecord(schema).layout.recordSizeBytes),
        )
        expect(readFileSync(path).equals(goldenBytes(file))).toBe(true)
        store.close()
        const expected = 'readOnly' in options ? goldenBytes(file) : withTrueCapacity(goldenBytes(file))
        expect(readFileSync(path).equals(expected)).toBe(true)
        // Sidecars are made with a file, never for one that has none.
        expect(existsSync(`${path}.schema.json`)).toBe(false)
      },
    )

    /** Each way raises a record's counter once. */
    const ways: readonly (readonly [string, (store: AnyStore, record: AnyRecord) => void])[] = [
      ['append with a record', (store, record) => store.append(record)],
      ['append, then set', (store, record) => store.set(store.append(), record)],
      ['append, then update', (store, record) => store.update(store.append(), record)],
    ]

    it.each(ways)('is written byte for byte: %s', (__, write) => {
      const path = tempPath(file)
      const store = opened(make(defineRecord(schema)).create(path))
      for (const record of records) write(store, record)
      store.close()
      const written = readFileSync(path)
      expect(written.length).toBe(goldenBytes(file).length)
      expect(written.equals(withTrueCapacity(goldenBytes(file)))).toBe(true)
    })

    it('goes on where the original left off', () => {
      const path = copyOf(file)
      const store = open(golden, path)
      for (let i = 0; i < 300; i++) store.append(records[i % records.length])
      store.close()
      const again = open(golden, path, { readOnly: true })
      expect(again.length).toBe(records.length + 300)
      records.forEach((record, index) => {
        expectRecord(again, schema, index, record)
      })
      if (records.length > 0)
        expectRecord(again, schema, records.length + 299, records[299 % records.length] as AnyRecord)
    })
  })

  it('every.mmf holds its floats to the last bit', () => {
    const golden = goldenFiles.find(({ file }) => file === 'every.mmf') as GoldenFile
    const store = open(golden, copyOf('every.mmf'))
    const expected = JSON.parse(goldenBytes('every.json').toString('utf8')) as {
      f32bits: string
      f64bits: string
    }[]
    const bits = expected.map((__, index) => {
      const f32 = Buffer.alloc(4)
      const f64 = Buffer.alloc(8)
      f32.writeFloatBE(access(store, 'get', 'f32', index) as number)
      f64.writeDoubleBE(access(store, 'get', 'f64', index) as number)
      return { f32bits: f32.toString('hex'), f64bits: f64.toString('hex') }
    })
    expect(bits).toEqual(expected.map(({ f32bits, f64bits }) => ({ f32bits, f64bits })))
  })

  it('another schema does not open them', () => {
    const path = copyOf('ticks.mmf')
    const error = expectError(() => make(defineRecord(marketCapSchema)).open(path), 'ERR_SCHEMA_MISMATCH', {
      path,
    })
    expect(error.message).toContain(`hash ${goldenHashes.ticks}, expected ${goldenHashes.marketcap}`)
    expect(readFileSync(path).equals(goldenBytes('ticks.mmf'))).toBe(true)
  })

  describe('crashed.mmf', () => {
    const bytes = goldenBytes('crashed.mmf')
    const counterOf = (file: Buffer, index: number): bigint =>
      file.readBigUInt64LE(RECORDS_OFFSET_BYTES + 48 * index)

    it('has three odd counters, at 3', () => {
      const counters = Array.from({ length: 20 }, (__, index) => counterOf(bytes, index))
      expect(counters).toEqual(counters.map((___, index) => (CRASHED_INDICES.includes(index) ? 3n : 2n)))
    })

    it('is released by the one writer, which reports it and changes nothing else', () => {
      const path = copyOf('crashed.mmf')
      const store = open(crashedFile, path)
      expect(store.recovered).toEqual([
        { index: 3, outcome: 'released' },
        { index: 11, outcome: 'released' },
        { index: 19, outcome: 'released' },
      ])
      expectRecords(store, marketCapSchema, crashedFile.records)
      store.close()
      const expected = Buffer.from(bytes)
      for (const index of CRASHED_INDICES) expected.writeBigUInt64LE(4n, RECORDS_OFFSET_BYTES + 48 * index)
      expect(readFileSync(path).equals(expected)).toBe(true)
      expect(open(crashedFile, path).recovered).toEqual([])
    })

    it.each([{ readOnly: true }, { writers: 'unlocked' }] as const)('is left as it is with %o', (options) => {
      const path = copyOf('crashed.mmf')
      const store = open(crashedFile, path, { ...options, stallTimeoutMs: 5 })
      expect(store.recovered).toEqual([])
      crashedFile.records.forEach((record, index) => {
        if (CRASHED_INDICES.includes(index)) {
          expectError(() => store.get(index), 'ERR_WRITER_STALLED', { path, record: index })
        } else {
          expectRecord(store, marketCapSchema, index, record)
        }
      })
      store.close()
      expect(readFileSync(path).equals(bytes)).toBe(true)
    })

    it('is not touched by a writer that is refused', () => {
      const path = copyOf('crashed.mmf')
      const lock = takeWriterLock(path, { kind: 'exclusive', timeoutMs: 0 })
      onTestFinished(() => lock.release())
      expectError(() => open(crashedFile, path), 'ERR_LOCKED', { path })
      expect(readFileSync(path).equals(bytes)).toBe(true)
    })
  })
})

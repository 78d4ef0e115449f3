/** Files of ticks: made, and changed behind the library's back. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import type { StoreOptions } from 'mmapforge'
import { TickStore } from '../processes/stores.ts'
import { tempPath } from './temp.ts'

export const TICK = { symbol: 'AAPL', price: 189.5, volume: 52e6, timestamp: 1n }
/** The size of a tick's record. */
export const RECORD_BYTES = TickStore.definition.layout.recordSizeBytes
export const COUNTER_BYTES = 8
const HEADER_BYTES = 64
const COUNT_OFFSET_BYTES = 48

export interface TickFileOptions extends StoreOptions {
  /** A new one in a folder of its own, unless given. */
  readonly path?: string
  /** What stands in the `i`th record; {@link TICK}, unless given. */
  readonly recordAt?: (i: number) => typeof TICK
}

/** The path of a closed store of some records, with all its sidecars. */
export function tickFile(count = 1, options: TickFileOptions = {}): string {
  const { path = tempPath(), recordAt = () => TICK, ...rest } = options
  using store = TickStore.create(path, rest)
  for (let i = 0; i < count; i++) store.append(recordAt(i))
  return path
}

/** Where record `index` starts in the file. */
export function recordOffsetBytes(index: number): number {
  return HEADER_BYTES + index * RECORD_BYTES
}

/** Stores a record's counter as a writer would, under the hands of whoever has the store open. */
export function setCounter(path: string, index: number, low: number, high = 0): void {
  withFile(path, 'r+', (fd) => {
    const bytes = Buffer.alloc(COUNTER_BYTES)
    bytes.writeUInt32LE(low)
    bytes.writeUInt32LE(high, 4)
    writeSync(fd, bytes, 0, COUNTER_BYTES, recordOffsetBytes(index))
  })
}

/** Both halves of a record's counter, the low one first. */
export function counterOf(path: string, index: number): [low: number, high: number] {
  return withFile(path, 'r', (fd) => {
    const bytes = Buffer.alloc(COUNTER_BYTES)
    readSync(fd, bytes, 0, COUNTER_BYTES, recordOffsetBytes(index))
    return [bytes.readUInt32LE(), bytes.readUInt32LE(4)]
  })
}

/** Stores a count of records into the header. */
export function setCount(path: string, count: number): void {
  withFile(path, 'r+', (fd) => {
    writeSync(fd, new BigUint64Array([BigInt(count)]), 0, 8, COUNT_OFFSET_BYTES)
  })
}

/** The count of records in the header. */
export function countOf(path: string): bigint {
  return withFile(path, 'r', (fd) => {
    const count = new BigUint64Array(1)
    readSync(fd, count, 0, 8, COUNT_OFFSET_BYTES)
    return count[0] as bigint
  })
}

export function withFile<T>(path: string, flags: 'r' | 'r+', use: (fd: number) => T): T {
  const fd = openSync(path, flags)
  try {
    return use(fd)
  } finally {
    closeSync(fd)
  }
}

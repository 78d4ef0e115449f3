/** Large stores without the time it takes to fill them: all records are zeros, in blocks that exist. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { COUNT_OFFSET_BYTES } from '../../src/format/header.ts'
import { MarketStore } from './records.ts'

/** Makes a closed store of so many zeroed records, which is what as many empty appends would make. */
export function largeStore(path: string, records: number): void {
  MarketStore.create(path, { capacity: records }).close()
  setCount(path, records)
}

export function setCount(path: string, records: number): void {
  const fd = openSync(path, 'r+')
  const count = Buffer.alloc(8)
  count.writeBigUInt64LE(BigInt(records))
  writeSync(fd, count, 0, 8, COUNT_OFFSET_BYTES)
  closeSync(fd)
}

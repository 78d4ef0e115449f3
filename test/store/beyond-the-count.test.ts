/** What lies behind the last record is zero to an append, whatever stood there. */
import { truncateSync, writeSync } from 'node:fs'
import { expect, it } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { RECORD_BYTES, recordOffsetBytes, TICK, tickFile, withFile } from '../support/tick-files.ts'

const EMPTY = { symbol: '', price: 0, volume: 0, timestamp: 0n }

it.each(['one', 'many'] as const)('after a loss of power, for writers: %s', (writers) => {
  const path = tickFile(3)
  // Everything but the counters, and every counter's high half, as sectors of appends that were never counted.
  withFile(path, 'r+', (fd) => {
    for (let index = 3; index < 64; index++) {
      const bytes = Buffer.alloc(RECORD_BYTES - 4, 0x41)
      writeSync(fd, bytes, 0, bytes.length, recordOffsetBytes(index) + 4)
    }
  })
  truncateSync(`${path}.lock`)
  using store = TickStore.open(path, { writers })
  expect(store.recovered).toEqual([])
  expect(store.get(store.append())).toEqual(EMPTY)
  store.append({ ...TICK, symbol: 'x' })
  store.appendMany([TICK, { ...EMPTY, symbol: 'y' }])
  for (let i = 7; i < 64; i++) expect(store.get(store.append())).toEqual(EMPTY)
  // The rest of a text's field too, of which a reader sees nothing.
  withFile(path, 'r', () => {
    const { buffer, byteOffset } = store.viewSymbol(4)
    const rest = new Uint8Array(buffer, byteOffset + 1, TickStore.definition.layout.fields[0]?.maxBytes ?? 0)
    expect([...rest.subarray(0, -1)].every((byte) => byte === 0)).toBe(true)
  })
  expect([0, 1, 2].map((i) => store.get(i))).toEqual([TICK, TICK, TICK])
})

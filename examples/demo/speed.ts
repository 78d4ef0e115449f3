/** How long a field takes through the store, and through `node:fs`. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { BarStore } from './bar.store.ts'

/** The file's header, before record 0: docs/format.md. */
const HEADER_SIZE_BYTES = 64
const WARM_UP_ROUNDS = 5
const ROUNDS = 15
/** Passes over all records in a round, so that each round takes milliseconds. */
const STORE_PASSES = 100
const FS_PASSES = 1

export interface Speed {
  readonly operation: string
  readonly storeNs: number
  readonly fsNs: number
}

/**
 * Reads and writes the `close` of every record in turn. A write stores what is there already, so the file stays as it
 * is. Each figure is the median of its rounds.
 *
 * @throws where store and `fs` read different values
 */
export function measureSpeed(path: string): Speed[] {
  using bars = BarStore.open(path)
  const { recordSizeBytes, fields } = BarStore.definition.layout
  const offsetBytes = fields.find(({ property }) => property === 'close')?.offsetBytes ?? Number.NaN
  const rowCount = bars.length
  const closes = Float64Array.from(bars, ({ close }) => close)
  const scratch = new Float64Array(1)
  const fd = openSync(path, 'r+')
  const positionOf = (index: number) => HEADER_SIZE_BYTES + index * recordSizeBytes + offsetBytes
  try {
    const storeGet = time(rowCount, STORE_PASSES, () => {
      let sum = 0
      for (let i = 0; i < rowCount; i++) sum += bars.getClose(i)
      return sum
    })
    const fsGet = time(rowCount, FS_PASSES, () => {
      let sum = 0
      for (let i = 0; i < rowCount; i++) {
        readSync(fd, scratch, 0, 8, positionOf(i))
        sum += scratch[0] as number
      }
      return sum
    })
    if (storeGet.result !== fsGet.result) throw new Error('the store and fs.readSync read different values')
    const storeSet = time(rowCount, STORE_PASSES, () => {
      for (let i = 0; i < rowCount; i++) bars.setClose(i, closes[i] as number)
      return rowCount
    })
    const fsSet = time(rowCount, FS_PASSES, () => {
      for (let i = 0; i < rowCount; i++) {
        scratch[0] = closes[i] as number
        writeSync(fd, scratch, 0, 8, positionOf(i))
      }
      return rowCount
    })
    return [
      { operation: 'get', storeNs: storeGet.ns, fsNs: fsGet.ns },
      { operation: 'set', storeNs: storeSet.ns, fsNs: fsSet.ns },
    ]
  } finally {
    closeSync(fd)
  }
}

function time(rowCount: number, passes: number, pass: () => number): { ns: number; result: number } {
  const rounds: number[] = []
  let result = 0
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    const began = process.hrtime.bigint()
    for (let i = 0; i < passes; i++) result = pass()
    if (round >= WARM_UP_ROUNDS) rounds.push(Number(process.hrtime.bigint() - began) / passes / rowCount)
  }
  rounds.sort((a, b) => a - b)
  return { ns: rounds[ROUNDS >> 1] as number, result }
}

export function describeSpeed(speeds: readonly Speed[]): string {
  const lines = speeds.map(
    ({ operation, storeNs, fsNs }) =>
      `  ${operation} close   ${storeNs.toFixed(1).padStart(6)} ns   fs.${operation === 'get' ? 'readSync ' : 'writeSync'} ` +
      `${fsNs.toFixed(0).padStart(6)} ns   ratio ${Math.round(fsNs / storeNs)}`,
  )
  return [`speed of one float64 field, ${process.version} ${process.arch}:`, ...lines].join('\n')
}

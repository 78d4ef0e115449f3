/** Scans beside a thread that rewrites the records: every row is of one write, whatever fields it has. */
import { bool, bytes, defineStore, float64, int64, str, uint53 } from 'mmapforge'
import { expect, it } from 'vitest'
import { closureScan, compiledScan } from '../../../src/codegen/make-scan.ts'
import type { LayoutField } from '../../../src/schema/layout.ts'
import type { Scan } from '../../../src/store/scan.ts'
import { startWorker } from '../../processes/child.ts'
import type { AnyRecord } from '../../support/any-store.ts'
import { tempPath } from '../../support/temp.ts'

const FromOneStore = defineStore(
  'FromOne',
  { version: 1 },
  {
    n: uint53,
    half: float64,
    short: str(8),
    long: str(60),
    negative: int64,
    isOdd: bool,
    blob: bytes(50),
  },
)
const { layout } = FromOneStore.definition
const RECORDS = 8
const CHANGES = 3000
const SCANS_MAX = 30_000

/** As `writer.mjs` has it. */
function recordOf(n: number): AnyRecord {
  return {
    n,
    half: n / 2,
    short: `${n}`,
    long: `${n}:`.padEnd(n % 60, 'é'.repeat(n % 2) || 'x').slice(0, 30),
    negative: BigInt(-n),
    isOdd: n % 2 === 1,
    blob: new Uint8Array(n % 51).fill(n),
  }
}

function fieldOf(name: string): LayoutField {
  return layout.fields.find(({ property }) => property === name) as LayoutField
}

const ORDERS: readonly (readonly string[])[] = [
  ['n', 'half', 'short', 'long', 'negative', 'isOdd', 'blob'],
  ['blob', 'n', 'long'],
  ['short', 'isOdd', 'n'],
]
const VARIANTS: readonly (readonly [string, (fields: readonly LayoutField[]) => Scan])[] = [
  ['compiled', (fields) => compiledScan(FromOneStore.definition, fields)],
  ['of closures', closureScan],
]

it.each(VARIANTS)('a scan, %s, mixes no two writes', async (_, make) => {
  const path = tempPath()
  {
    using store = FromOneStore.create(path, { capacity: RECORDS })
    store.appendMany(Array.from({ length: RECORDS }, () => recordOf(0) as never))
  }
  using reader = FromOneStore.open(path, { readOnly: true, stallTimeoutMs: 20_000 })
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const writer = startWorker('../store/scan/writer.mjs', { path, stop })
  const last = new Array<unknown>(RECORDS).fill(0)
  const scans = ORDERS.map((names) => ({ names, scan: make(names.map(fieldOf)) }))
  let changes = 0
  let rows = 0
  const check = (names: readonly string[], values: unknown[]): void => {
    const index = values[names.length] as number
    const n = values[names.indexOf('n')] as number
    const expected = recordOf(n)
    names.forEach((name, i) => {
      const isSame =
        name === 'blob'
          ? Buffer.compare(values[i] as Uint8Array, expected[name] as Uint8Array) === 0
          : values[i] === expected[name]
      if (!isSame) expect(values[i], `${name} of ${n}`).toStrictEqual(expected[name])
    })
    if (n !== 0 && n % RECORDS !== index) expect(n % RECORDS, `record ${index}`).toBe(index)
    if (n !== last[index]) changes++
    last[index] = n
    rows++
  }
  try {
    for (let i = 0; changes < CHANGES && i < SCANS_MAX; i++) {
      // Gives the writer time to start, and its messages a way in.
      if (changes === 0 || i % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      const { names, scan } = scans[i % scans.length] as (typeof scans)[number]
      scan.call(reader as never, 0, RECORDS, (...values) => check(names, values))
    }
  } finally {
    Atomics.store(stop, 0, 1)
    await writer.ended
  }
  expect(rows).toBeGreaterThan(RECORDS)
  expect(changes).toBeGreaterThan(CHANGES / 10)
})

/** The files that the original implementation wrote, their schemas, and what they hold. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FieldTypeName } from '../../src/schema/field-types.ts'
import { makeSchema, type Schema } from '../../src/schema/schema.ts'
import type { AnyRecord } from './any-store.ts'

const folder = new URL('../fixtures/golden/', import.meta.url)

export function goldenPath(file: string): string {
  return fileURLToPath(new URL(file, folder))
}

export function goldenBytes(file: string): Buffer {
  return readFileSync(goldenPath(file))
}

function goldenJson<T>(file: string): T {
  return JSON.parse(goldenBytes(file).toString('utf8')) as T
}

export const goldenHashes =
  goldenJson<Readonly<Record<'ticks' | 'every' | 'marketcap', string>>>('schema-hashes.json')

type Column = readonly [property: string, type: FieldTypeName, maxBytes?: number, name?: string]

function schema(name: string, version: number, columns: readonly Column[]): Schema {
  return makeSchema({
    name,
    version,
    fields: columns.map(([property, type, maxBytes = 0, fileName = property]) => ({
      property,
      name: fileName,
      type,
      maxBytes,
    })),
  })
}

export const tickSchema = schema('Tick', 1, [
  ['symbol', 'str', 64],
  ['price', 'float64'],
  ['volume', 'float64'],
  ['timestamp', 'uint64'],
])

export const everySchema = schema('Every', 3, [
  ['flag', 'bool'],
  ['i8', 'int8'],
  ['u8', 'uint8'],
  ['i16', 'int16'],
  ['u16', 'uint16'],
  ['i32', 'int32'],
  ['u32', 'uint32'],
  ['i64', 'int64'],
  ['u64', 'uint64'],
  ['f32', 'float32'],
  ['f64', 'float64'],
  ['name', 'str', 13],
  ['blob', 'bytes', 7],
  ['tail', 'bool'],
  ['note', 'str', 1],
])

export const marketCapSchema = schema('MarketCap', 1, [
  ['id', 'uint64'],
  ['price', 'float64'],
  ['volume', 'float64'],
  ['marketCap', 'float64', 0, 'market_cap'],
  ['stale', 'bool'],
])

interface TickJson {
  readonly symbol: string
  readonly price: number
  readonly volume: number
  readonly timestamp: string
}

interface EveryJson {
  readonly i64: string
  readonly u64: string
  readonly f32bits: string
  readonly f64bits: string
  readonly blobHex: string
}

/** What a golden file holds, and whose schema it has. */
export interface GoldenFile {
  readonly file: string
  readonly schema: Schema
  readonly records: readonly AnyRecord[]
}

export const goldenFiles: readonly GoldenFile[] = [
  { file: 'empty.mmf', schema: tickSchema, records: [] },
  {
    file: 'ticks.mmf',
    schema: tickSchema,
    records: goldenJson<TickJson[]>('ticks.json').map((tick) => ({
      ...tick,
      timestamp: BigInt(tick.timestamp),
    })),
  },
  {
    file: 'every.mmf',
    schema: everySchema,
    records: goldenJson<EveryJson[]>('every.json').map(
      ({ i64, u64, f32bits, f64bits, blobHex, ...rest }) => ({
        ...rest,
        i64: BigInt(i64),
        u64: BigInt(u64),
        f32: Buffer.from(f32bits, 'hex').readFloatBE(),
        f64: Buffer.from(f64bits, 'hex').readDoubleBE(),
        blob: new Uint8Array(Buffer.from(blobHex, 'hex')),
      }),
    ),
  },
  {
    file: 'marketcap.mmf',
    schema: marketCapSchema,
    records: Array.from({ length: 1000 }, (_, i) => ({
      id: BigInt(i),
      price: 1.5 * i,
      volume: 1000 * i,
      marketCap: 1e6 * i,
      stale: i % 2 === 0,
    })),
  },
]

/** The records of `crashed.mmf` that their writer left mid-write. */
export const CRASHED_INDICES: readonly number[] = [3, 11, 19]

/**
 * `crashed.mmf`: each record was given its id, then its price by a second write; the stuck ones were caught with the
 * counter odd and a price of -1 in place.
 */
export const crashedFile: GoldenFile = {
  file: 'crashed.mmf',
  schema: marketCapSchema,
  records: Array.from({ length: 20 }, (_, i) => ({
    id: BigInt(i),
    price: CRASHED_INDICES.includes(i) ? -1 : i,
    volume: 0,
    marketCap: 0,
    stale: false,
  })),
}

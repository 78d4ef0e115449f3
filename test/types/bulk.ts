/** The types of what reads and writes many records: cursor, getInto, scan, appendMany, and comparisons. */
import {
  bool,
  bytes,
  type Columns,
  type CursorOf,
  defineStore,
  float64,
  type RecordOf,
  type RecordStore,
  type ScanOptions,
  type ScanReducer,
  type ScanVisitor,
  type StoreOf,
  str,
  uint64,
} from 'mmapforge'
import type { TickCursor, TickRecord, TickStore } from '../fixtures/annotated.store.ts'
import type { Equal, Expect } from './equal.ts'

const fields = { symbol: str(8), price: float64, time: uint64, raw: bytes(4), on: bool }
type Fields = typeof fields
type Sample = RecordOf<Fields>
export const SampleStore = defineStore('Sample', { version: 1 }, fields)

type Visit<K extends readonly (keyof Sample)[]> = Parameters<ScanVisitor<Sample, K>>

export type Inferred = [
  Expect<Equal<Visit<['price', 'symbol']>, [number, string, index: number]>>,
  Expect<Equal<Visit<['raw', 'time', 'on']>, [Uint8Array, bigint, boolean, index: number]>>,
  Expect<Equal<Visit<[]>, [index: number]>>,
  Expect<
    Equal<Columns<{ a: number; b: string }>, { readonly a: ArrayLike<number>; readonly b: ArrayLike<string> }>
  >,
  Expect<Equal<ReturnType<StoreOf<Fields>['cursor']>, CursorOf<Fields>>>,
  Expect<Equal<ReturnType<CursorOf<Fields>['seek']>, CursorOf<Fields>>>,
  Expect<Equal<keyof CursorOf<Fields>, 'seek' | keyof Sample>>,
  Expect<Equal<Parameters<StoreOf<Fields>['symbolEquals']>[1], string>>,
  Expect<Equal<ReturnType<StoreOf<Fields>['symbolEquals']>, boolean>>,
  Expect<Equal<Extract<keyof StoreOf<Fields>, `${string}Equals`>, 'symbolEquals'>>,
  Expect<Equal<Extract<keyof TickStore, `${string}Equals`>, 'symbolEquals'>>,
  Expect<Equal<ReturnType<TickStore['cursor']>, TickCursor>>,
  Expect<Equal<Omit<TickCursor, 'seek'>, TickRecord>>,
  Expect<Equal<ReturnType<RecordStore<TickRecord>['appendMany']>, number>>,
]

export function scans(defined: StoreOf<Fields>, generated: TickStore): void {
  defined.scan({ fields: ['price', 'raw'] }, (price, raw, index) => {
    const all: [number, Uint8Array, number] = [price, raw, index]
    void all
  })
  generated.scan({ fields: ['symbol', 'timestamp'], from: 1, to: 2 }, (symbol, timestamp, index) => {
    const all: [string, bigint, number] = [symbol, timestamp, index]
    void all
  })
  // A visitor may take fewer.
  generated.scan({ fields: ['symbol', 'price'] }, (symbol) => symbol.length)
  const chosen: readonly ('price' | 'volume')[] = ['price']
  generated.scan({ fields: chosen }, (...values) => {
    const all: number[] = values
    void all
  })
  const options: ScanOptions<['price']> = { fields: ['price'] }
  generated.scan(options, (price) => price.toFixed())

  // @ts-expect-error there is no such field
  generated.scan({ fields: ['prise'] }, () => undefined)
  // @ts-expect-error a price is a number
  generated.scan({ fields: ['price'] }, (price: string) => price)
  // @ts-expect-error nothing comes after the index
  generated.scan({ fields: ['price'] }, (price, index, more) => [price, index, more])
  // @ts-expect-error there is no such option
  generated.scan({ fields: ['price'], form: 1 }, () => undefined)
  // @ts-expect-error it needs fields
  defined.scan({}, () => undefined)
}

export function reductions(defined: StoreOf<Fields>, generated: TickStore): void {
  const sum: number = generated.reduce({ fields: ['price'] }, (sum, price) => sum + price, 0)
  const last: string = defined.reduce(
    { fields: ['symbol', 'on'], from: 1 },
    (_, symbol, on, index) => {
      const all: [string, boolean, number] = [symbol, on, index]
      return all[0]
    },
    '',
  )
  const reducer: ScanReducer<Sample, ['price'], bigint> = (total, price) => total + BigInt(price)
  const total: bigint = defined.reduce({ fields: ['price'] }, reducer, 0n)
  void [sum, last, total]

  // @ts-expect-error there is no such field
  generated.reduce({ fields: ['prise'] }, () => 0, 0)
  // @ts-expect-error a result is what comes next
  generated.reduce({ fields: ['price'] }, (_, price) => `${price}`, 0)
  // @ts-expect-error it needs something to start from
  generated.reduce({ fields: ['price'] }, (sum, price) => sum + price)
}

export function cursors(defined: StoreOf<Fields>, generated: TickStore): void {
  const price: number = defined.cursor().seek(1).price
  const time: bigint = defined.cursor().time
  const symbol: string = generated.cursor().seek(0).seek(1).symbol
  void [price, time, symbol]
  generated.cursor().price = 1
  defined.cursor().on = true
  // @ts-expect-error a price is a number
  generated.cursor().price = '1'
  // @ts-expect-error a time is a bigint
  defined.cursor().time = 1
  // @ts-expect-error there is no such field
  void generated.cursor().prise
  // @ts-expect-error an index is a number
  generated.cursor().seek('1')
}

export function many(defined: StoreOf<Fields>, generated: TickStore, record: TickRecord): void {
  const first: number = generated.appendMany([record])
  void first
  generated.appendMany(new Set([record]))
  generated.appendMany(generated.records(0, 1))
  generated.appendMany({
    symbol: ['A'],
    price: new Float64Array(1),
    volume: Uint8Array.of(1),
    timestamp: new BigUint64Array(1),
  })
  defined.appendMany({ symbol: ['A'], price: [1], time: [1n], raw: [new Uint8Array()], on: [true] })
  const into: TickRecord & { more: number } = generated.getInto(0, { ...record, more: 1 })
  void into
  // @ts-expect-error a column is missing
  generated.appendMany({ symbol: ['A'], price: [1], volume: [1] })
  // @ts-expect-error a timestamp is a bigint
  generated.appendMany({ symbol: ['A'], price: [1], volume: [1], timestamp: [1] })
  // @ts-expect-error a record lacks fields
  generated.appendMany([{ price: 1 }])
  // @ts-expect-error one record is no iterable of records
  generated.appendMany(record)
  // @ts-expect-error the object has every field
  generated.getInto(0, { price: 1 })
}

export function comparisons(defined: StoreOf<Fields>, generated: TickStore): void {
  const isSame: boolean = generated.symbolEquals(0, 'AAPL') && defined.symbolEquals(0, 'AAPL')
  void isSame
  // @ts-expect-error a number has no comparison
  generated.priceEquals(0, 1)
  // @ts-expect-error neither have bytes
  defined.rawEquals(0, new Uint8Array())
  // @ts-expect-error a text is a string
  generated.symbolEquals(0, 1)
}

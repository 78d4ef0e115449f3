/** The values that stores are filled with. Nothing here loads the package, so that any version of it can be filled. */
import type * as Package from 'mmapforge'

/** Few enough that the records stay in the processor's nearest caches: this measures instructions, not memory. */
export const COUNT = 200

/** A store of whatever fields. */
export type AnyStore = Record<string, (...args: unknown[]) => unknown>

/** 48 bytes: the record of the targets. */
export function marketFields(types: typeof Package) {
  return {
    id: types.uint53,
    price: types.float64,
    volume: types.float64,
    marketCap: types.float64,
    stale: types.bool,
  }
}

export function market(i: number) {
  return { id: i * 1e6, price: i * 1.5, volume: i * 1000, marketCap: i * 1e6, stale: i % 2 === 0 }
}

const TICKERS = 'AAPL MSFT NVDA AMZN GOOG META TSLA AVGO JPM V UNH XOM MA PG JNJ HD COST ABBV MRK CVX'.split(
  ' ',
)

export function text(i: number) {
  return {
    ticker: TICKERS[i % TICKERS.length] as string,
    ascii: `${i} plain text of exactly sixty-four bytes, which is the whole field`
      .padEnd(64, '.')
      .slice(0, 64),
    utf8: `${i} straße, 日本電信電話, ¥ and £, naïve`,
  }
}

/** Each of them another, of 2 to 8 bytes. */
export function shortText(i: number): string {
  return `T${i.toString(36)}`
}

export function listOf<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i))
}

export function filled(store: object, record: (i: number) => unknown, count = COUNT): AnyStore {
  const any = store as AnyStore
  for (let i = 0; i < count; i++) any['append']?.(record(i))
  return any
}

export function closeAll(...stores: readonly object[]): void {
  for (const store of stores) (store as AnyStore)['close']?.()
}

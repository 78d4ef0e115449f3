/** What the compiler infers of a store from its fields. */
import {
  type AccessorsOf,
  bool,
  bytes,
  date,
  defineStore,
  enums,
  float32,
  float64,
  type IndexOf,
  int8,
  int53,
  int64,
  named,
  type RecordOf,
  RecordStore,
  type RecoveredRecord,
  type StoreOf,
  type StoreOptions,
  str,
  uint53,
  uint64,
} from 'mmapforge'
import type { Equal, Expect } from './equal.ts'

const fields = {
  symbol: str(64),
  price: float64,
  ratio: float32,
  tiny: int8,
  safe: int53,
  count: uint53,
  big: int64,
  timestamp: named('ts_ns', uint64),
  raw: bytes(16),
  on: bool,
}
export const TickStore = defineStore('Tick', { version: 1 }, fields)

export interface Tick {
  symbol: string
  price: number
  ratio: number
  tiny: number
  safe: number
  count: number
  big: bigint
  timestamp: bigint
  raw: Uint8Array
  on: boolean
}

export type Inferred = [
  Expect<Equal<RecordOf<typeof fields>, Tick>>,
  Expect<Equal<ReturnType<StoreOf<typeof fields>['get']>, Tick>>,
  Expect<Equal<Parameters<StoreOf<typeof fields>['set']>, [index: number, record: Readonly<Tick>]>>,
  Expect<Equal<Parameters<StoreOf<typeof fields>['update']>[1], Readonly<Partial<Tick>>>>,
  Expect<Equal<Parameters<StoreOf<typeof fields>['append']>, [record?: Readonly<Tick> | undefined]>>,
  Expect<
    Equal<
      keyof AccessorsOf<{ symbol: typeof fields.symbol; price: typeof float64; raw: typeof fields.raw }>,
      | ('getSymbol' | 'setSymbol' | 'viewSymbol' | 'symbolEquals' | 'compareAndSetSymbol')
      | ('getPrice' | 'setPrice' | 'addPrice' | 'compareAndSetPrice')
      | ('getRaw' | 'setRaw' | 'viewRaw')
    >
  >,
]

export function creation(): void {
  const created = TickStore.create('ticks.mmf')
  const opened = TickStore.open('ticks.mmf', { readOnly: true })
  const either = TickStore.openOrCreate('ticks.mmf', { writers: 'unlocked', capacity: 9, stallTimeoutMs: 5 })
  type Store = StoreOf<typeof fields>
  type Classes = [
    Expect<Equal<typeof created, Store>>,
    Expect<Equal<typeof opened, Store>>,
    Expect<Equal<typeof either, Store>>,
    Expect<Equal<ReturnType<typeof TickStore.create>, Store>>,
    Expect<Equal<ReturnType<typeof TickStore.open>, Store>>,
    Expect<Equal<ReturnType<typeof TickStore.openOrCreate>, Store>>,
    Expect<Equal<ReturnType<typeof TickStore.openWhenReady>, Promise<Store>>>,
    Expect<Equal<Parameters<typeof TickStore.open>, [path: string, options?: StoreOptions | undefined]>>,
  ]
  const store: RecordStore<Tick> = created
  const classes: Classes = [true, true, true, true, true, true, true, true]
  void [store, classes]

  // @ts-expect-error an unknown option
  TickStore.open('ticks.mmf', { readonly: true })
  // @ts-expect-error a mode there is not
  TickStore.open('ticks.mmf', { writers: 'two' })
  // @ts-expect-error a path is needed
  TickStore.create()
  const { open } = TickStore
  // @ts-expect-error it opens a store of the class that it is called on
  open('ticks.mmf')
  // @ts-expect-error the base class alone has no records to store
  RecordStore.create('ticks.mmf')
}

export function accessors(store: StoreOf<typeof fields>): void {
  type Values = [
    Expect<Equal<ReturnType<typeof store.getSymbol>, string>>,
    Expect<Equal<ReturnType<typeof store.getPrice>, number>>,
    Expect<Equal<ReturnType<typeof store.getRatio>, number>>,
    Expect<Equal<ReturnType<typeof store.getTiny>, number>>,
    Expect<Equal<ReturnType<typeof store.getSafe>, number>>,
    Expect<Equal<ReturnType<typeof store.getCount>, number>>,
    Expect<Equal<ReturnType<typeof store.getBig>, bigint>>,
    Expect<Equal<ReturnType<typeof store.getTimestamp>, bigint>>,
    Expect<Equal<ReturnType<typeof store.getRaw>, Uint8Array>>,
    Expect<Equal<ReturnType<typeof store.getOn>, boolean>>,
    Expect<Equal<Parameters<typeof store.setSymbol>, [index: IndexOf<string>, value: string]>>,
    Expect<Equal<Parameters<typeof store.setBig>[1], bigint>>,
    Expect<Equal<ReturnType<typeof store.setPrice>, void>>,
    Expect<Equal<ReturnType<typeof store.viewSymbol>, Uint8Array>>,
    Expect<Equal<ReturnType<typeof store.viewRaw>, Uint8Array>>,
  ]
  const values: Values | undefined = undefined
  // An index is a number both ways, whatever is shown of it.
  const getSymbol: (index: number) => string = store.getSymbol
  const setSymbol: typeof store.setSymbol = (index: number, value: string) => void [index, value]
  const index: number = {} as Parameters<typeof store.getSymbol>[0]
  void [values, getSymbol, setSymbol, index, [0, 1].map(store.getPrice)]

  // @ts-expect-error no view of a number
  store.viewPrice(0)
  // @ts-expect-error no view of a bigint
  store.viewBig(0)
  // @ts-expect-error no view of a bool
  store.viewOn(0)
  // @ts-expect-error no field of that name
  store.getPrise(0)
  // @ts-expect-error the property names the accessor, not the name in the file
  store.getTs_ns(0)
  // @ts-expect-error the accessor is getPrice
  store.getprice(0)
  // @ts-expect-error a bigint field takes no number
  store.setBig(0, 1)
  // @ts-expect-error a number field takes no bigint
  store.setCount(0, 1n)
  // @ts-expect-error a string is no bytes
  store.setRaw(0, 'raw')
  // @ts-expect-error a value is needed
  store.setPrice(0)
  // @ts-expect-error an index is a number
  store.getPrice('0')
  // @ts-expect-error an index is needed
  store.getPrice()
  // @ts-expect-error only text is compared
  store.rawEquals(0, 'raw')
}

export function records(store: StoreOf<typeof fields>, tick: Tick): void {
  store.append()
  store.append(tick)
  store.set(0, tick)
  store.update(0, {})
  store.update(0, { price: 1, on: false })
  const read: Tick = store.get(0)
  const all: Tick[] = [...store, ...store.records(1), ...store.records(1, 2)]
  const recovered: readonly RecoveredRecord[] = store.recovered
  const flushed: Promise<void> = store.flush()
  void [read, all, recovered, flushed]

  // @ts-expect-error a field is missing
  store.append({ symbol: 'AAPL' })
  // @ts-expect-error a field too many
  store.set(0, { ...tick, prise: 1 } satisfies Tick)
  // @ts-expect-error a field that there is not
  store.update(0, { prise: 1 })
  // @ts-expect-error a value of another type
  store.update(0, { big: 1 })
  // @ts-expect-error read-only
  store.length = 4
  // @ts-expect-error not for users
  store.readLimit
}

export function definitions(): void {
  // @ts-expect-error a version is needed
  defineStore('Any', {}, { on: bool })
  // @ts-expect-error a version is a number
  defineStore('Any', { version: '1' }, { on: bool })
  // @ts-expect-error a type of JavaScript's is no field type
  defineStore('Any', { version: 1 }, { on: Boolean })
  // @ts-expect-error a string needs its size
  defineStore('Any', { version: 1 }, { name: str })
  // @ts-expect-error and that is a number
  str('8')
}

/** The names of fields may come from elsewhere: then any accessor may be there, of the types that the fields have. */
export function literals(): void {
  const Constant = defineStore('Constant', { version: 1 }, { symbol: str(8), n: int64 } as const)
  using store = Constant.create(':memory:')
  const symbol: string = store.getSymbol(store.append({ symbol: 'A', n: 1n }))
  void symbol
}

/** Labels are a union, not any string. */
export function labels(): void {
  const OrderStore = defineStore(
    'Order',
    { version: 1 },
    { side: named('s', enums('buy', 'sell')), at: date },
  )
  using store = OrderStore.create(':memory:')
  const side: Equal<ReturnType<typeof store.getSide>, 'buy' | 'sell'> = true
  const at: Date = store.getAt(store.append({ side: 'buy', at: new Date(0) }))
  void side
  void at
  // @ts-expect-error not one of the labels
  store.setSide(0, 'hold')
  // @ts-expect-error labels are not added
  store.addSide
}

/** The types of a generated store. */
import { MmapForgeError, type RecordStore } from 'mmapforge'
import {
  type FullRecord,
  type MarketCapRecord,
  type TickRecord,
  TickStore,
} from '../fixtures/annotated.store.ts'
import type { Full, MarketCap, Tick } from '../fixtures/annotated.ts'
import type { Equal, Expect } from './equal.ts'

type Plain<T> = { [K in keyof T]: T[K] }

export type Records = [
  Expect<Equal<Plain<TickRecord>, Plain<Tick>>>,
  Expect<Equal<Plain<MarketCapRecord>, Plain<MarketCap>>>,
  Expect<Equal<Plain<FullRecord>, Plain<Full>>>,
]

export type Opened = [
  Expect<Equal<ReturnType<typeof TickStore.create>, TickStore>>,
  Expect<Equal<ReturnType<typeof TickStore.open>, TickStore>>,
  Expect<Equal<ReturnType<typeof TickStore.openOrCreate>, TickStore>>,
  Expect<Equal<ReturnType<typeof TickStore.openWhenReady>, Promise<TickStore>>>,
]

class OwnStore extends TickStore {
  readonly own = 1
}

/** A class that extends a generated one opens stores of its own. */
export const own: OwnStore = OwnStore.create(':memory:')
export const later: Promise<OwnStore> = OwnStore.openWhenReady(':memory:', { lockTimeoutMs: 5, timeoutMs: 5 })

export function use(store: TickStore): void {
  const base: RecordStore<TickRecord> = store
  const same: TickStore = TickStore.create('ticks.mmf')
  const annotated: Tick = store.get(0)
  store.set(0, annotated)
  const price: number = store.getPrice(0)
  const timestamp: bigint = store.getTimestamp(0)
  const view: Uint8Array = store.viewSymbol(0)
  void [base, same, price, timestamp, view]

  // @ts-expect-error no view of a number
  store.viewPrice(0)
  // @ts-expect-error a bigint field takes no number
  store.setTimestamp(0, 1)
  // @ts-expect-error whole records are written by set and append
  store.write(0, annotated)
  // @ts-expect-error the class is made by create, open and openOrCreate
  new TickStore()
}

export function failure(error: unknown): string {
  if (!(error instanceof MmapForgeError)) return ''
  const {
    path,
    record,
    field,
  }: { path: string | undefined; record: number | undefined; field: string | undefined } = error
  // @ts-expect-error no such code
  if (error.code === 'ERR_OUT_OF_BOUND') return ''
  return error.code === 'ERR_OUT_OF_BOUNDS' ? `${path} ${record} ${field}` : ''
}

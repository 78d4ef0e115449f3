/** The types of atomic steps, of generated stores and of those defined at run time. */
import { bool, bytes, defineStore, float32, int53, int64, type RecoveredRecord, str, uint8 } from 'mmapforge'
import type { FullStore, TickRecord, TickStore } from '../fixtures/annotated.store.ts'
import type { Equal, Expect } from './equal.ts'

const CellStore = defineStore(
  'Cell',
  { version: 1 },
  { on: bool, hits: uint8, safe: int53, big: int64, ratio: float32, name: str(8), blob: bytes(8) },
)
type Cells = InstanceType<typeof CellStore>

type Add<T> = (index: number, delta: T) => T
type CompareAndSet<T> = (index: number, expected: T, value: T) => boolean

export type Steps = [
  Expect<Equal<TickStore['addPrice'], Add<number>>>,
  Expect<Equal<TickStore['addTimestamp'], Add<bigint>>>,
  Expect<Equal<FullStore['addTotal'], Add<number>>>,
  Expect<Equal<TickStore['compareAndSetSymbol'], CompareAndSet<string>>>,
  Expect<Equal<FullStore['compareAndSetFlag'], CompareAndSet<boolean>>>,
  Expect<Equal<FullStore['compareAndSetBig'], CompareAndSet<bigint>>>,
  Expect<Equal<ReturnType<Cells['addHits']>, number>>,
  Expect<Equal<ReturnType<Cells['addSafe']>, number>>,
  Expect<Equal<ReturnType<Cells['addRatio']>, number>>,
  Expect<Equal<ReturnType<Cells['addBig']>, bigint>>,
  Expect<Equal<ReturnType<Cells['compareAndSetName']>, boolean>>,
  Expect<Equal<Cells['recovered'], readonly RecoveredRecord[]>>,
  Expect<Equal<RecoveredRecord['outcome'], 'rolled-back' | 'released'>>,
]

export function use(ticks: TickStore, cells: Cells): void {
  const record: TickRecord = ticks.modify(0, (tick) => ({ ...tick, price: tick.price + 1 }))
  const { note }: { note: string } = ticks.modify(0, (tick) => ({ ...tick, note: 'given back' }))
  const hits: number = cells.modify(0, (cell) => ({ ...cell, hits: cell.hits + 1 })).hits
  void [record, note, hits]

  // @ts-expect-error a bigint field takes no number
  ticks.addTimestamp(0, 1)
  // @ts-expect-error nothing is added to a text
  ticks.addSymbol(0, 'x')
  // @ts-expect-error nothing is added to a bool
  cells.addOn(0, 1)
  // @ts-expect-error bytes are not compared
  cells.compareAndSetBlob(0, new Uint8Array(), new Uint8Array())
  // @ts-expect-error both are of the field's type
  ticks.compareAndSetPrice(0, 1, '2')
  // @ts-expect-error the whole record is given back
  ticks.modify(0, (tick) => ({ price: tick.price }))
  // @ts-expect-error and at once
  ticks.modify(0, async (tick) => tick)
  // @ts-expect-error one of three
  CellStore.open('cells.mmf', { writers: 'two' })
}

/** Stores whose fields only the test knows: accessors by name, and the bytes behind them. */
import { readFileSync } from 'node:fs'
import type { UntypedStoreClass } from '../../src/codegen/untyped-store.ts'
import { type AccessorKind, accessorName } from '../../src/schema/accessor-names.ts'
import type { Opened } from '../../src/store/opening.ts'
import type { RecordStore } from '../../src/store/record-store.ts'

export type AnyRecord = Record<string, unknown>
export type AnyStore = RecordStore<AnyRecord>
export type AnyStoreClass = UntypedStoreClass

type Accessors = Record<string, (...args: unknown[]) => unknown>

/** Calls `getPrice`, `setPrice` or `viewPrice`. */
export function access(store: AnyStore, kind: AccessorKind, property: string, ...args: unknown[]): unknown {
  const name = accessorName(kind, property)
  const method = (store as unknown as Accessors)[name]
  if (method === undefined) throw new Error(`the store has no ${name}`)
  return method.apply(store, args)
}

/** Everything a store can have changed: its region, and its file where it has one. */
export interface StoreBytes {
  readonly region: Buffer
  readonly file: Buffer | undefined
}

export function openedOf(store: AnyStore): Opened {
  return (store as unknown as { opened: Opened }).opened
}

/** The whole region of an open store, header included; live, not a copy. */
export function regionOf(store: AnyStore): Uint8Array {
  const { region } = openedOf(store)
  return new Uint8Array(region.buffer, 0, region.sizeBytes)
}

export function bytesOf(store: AnyStore): StoreBytes {
  return {
    region: Buffer.from(regionOf(store)),
    file: store.path === ':memory:' ? undefined : readFileSync(store.path),
  }
}

/** Where record `index` starts in the region. */
export function recordOffsetBytes(store: AnyStore, index: number): number {
  return 64 + index * openedOf(store).definition.layout.recordSizeBytes
}

/** Where a field of record `index` starts in the region. */
export function fieldOffsetBytes(store: AnyStore, index: number, property: string): number {
  const field = openedOf(store).definition.layout.fields.find((each) => each.property === property)
  if (field === undefined) throw new Error(`there is no field ${property}`)
  return recordOffsetBytes(store, index) + field.offsetBytes
}

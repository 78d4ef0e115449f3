/** The stores that are measured. */
import * as types from 'mmapforge'
import { defineStore } from 'mmapforge'
import { marketFields } from './sample-records.ts'

export const MARKET = marketFields(types)

export const MarketStore = defineStore('Market', { version: 1 }, MARKET)

/** The same with a bigint for its id. */
export const LedgerStore = defineStore('Ledger', { version: 1 }, { ...MARKET, id: types.uint64 })

export const TextStore = defineStore(
  'Text',
  { version: 1 },
  { ticker: types.str(8), ascii: types.str(64), utf8: types.str(64) },
)

export const ShortTextStore = defineStore('ShortText', { version: 1 }, { text: types.str(8) })

/** Writes to every page of a store, where nothing is counted yet. */
export function touch(store: object): void {
  const { u8, opened } = store as { u8: Uint8Array; opened: { region: { sizeBytes: number } } }
  for (let at = 4096; at < opened.region.sizeBytes; at += 4096) u8[at] = 0
}

/** What is written by several processes at once: a step that reads a number of a record and writes it back, larger. */

import { MarketStore } from '../operations/records.ts'
import { market } from '../operations/sample-records.ts'
import { installedPeers } from '../peers/install.ts'

export interface Subject {
  /** Makes it with so many records. */
  fill(path: string, records: number): Promise<void>
  /** Opens it in a process; gives what does one batch of steps, to records that `next` chooses. */
  open(path: string): Promise<(next: () => number) => void>
}

/** Records that the processes write to, in no order, so that they rarely meet. */
export const RECORDS = 10_000

/** Steps in a batch: in lmdb that is one transaction, as its documentation advises. */
export const BATCH = 100

interface Lmdb {
  get(key: number): { price: number }
  put(key: number, value: object): unknown
  transactionSync(run: () => void): void
  close(): Promise<void>
}

async function openLmdb(path: string): Promise<Lmdb> {
  const { open } = (await installedPeers().load('lmdb')) as { open(options: object): Lmdb }
  return open({
    path,
    keyEncoding: 'uint32',
    sharedStructuresKey: 0xffff_ffff,
    noSync: true,
    noMemInit: true,
  })
}

export const SUBJECTS: Readonly<Record<string, Subject>> = {
  store: {
    fill: async (path, records) => {
      using store = MarketStore.create(path, { writers: 'many', capacity: records })
      for (let i = 0; i < records; i++) store.append(market(i))
    },
    open: async (path) => {
      const store = MarketStore.open(path, { writers: 'many' })
      return (next) => {
        for (let i = 0; i < BATCH; i++) store.addPrice(next(), 1)
      }
    },
  },
  lmdb: {
    fill: async (path, records) => {
      const db = await openLmdb(path)
      db.transactionSync(() => {
        for (let i = 0; i < records; i++) db.put(i, market(i))
      })
      await db.close()
    },
    open: async (path) => {
      const db = await openLmdb(path)
      return (next) => {
        db.transactionSync(() => {
          for (let i = 0; i < BATCH; i++) {
            const index = next()
            const record = db.get(index)
            record.price += 1
            db.put(index, record)
          }
        })
      }
    },
  },
}

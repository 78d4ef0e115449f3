/** The store in the place of a peer. */
import { MarketStore } from '../operations/records.ts'
import type { MarketRecord, Peer, PeerKind } from './peer.ts'

class StoreRecords implements Peer {
  readonly store
  readonly total = { sum: 0.5 }
  constructor(path: string) {
    this.store = MarketStore.create(path)
  }
  get(index: number) {
    return this.store.getPrice(index)
  }
  set(index: number, price: number) {
    this.store.setPrice(index, price)
  }
  record(index: number) {
    return this.store.get(index)
  }
  append(record: MarketRecord) {
    this.store.append(record)
  }
  sum() {
    const { total } = this
    total.sum = 0
    this.store.scan({ fields: ['price'] }, (price) => {
      total.sum += price
    })
    return total.sum
  }
  close() {
    this.store.close()
  }
}

export const STORE: PeerKind = {
  name: 'mmapforge',
  note: 'a file, grown as it fills; each read and write consistent between processes',
  load: async () => (path) => new StoreRecords(path),
}

/** Peers that keep records in memory. */
import { bareClass } from '../baselines/bare.ts'
import { MarketStore } from '../operations/records.ts'
import type { MarketRecord, Peer, PeerKind } from './peer.ts'

/** The store's own layout, without the store: what there is to be had. */
export const BARE: PeerKind = {
  name: 'bare typed arrays',
  note: 'the same layout on the heap, index checked, neither shared nor stored',
  load: async () => {
    const makeBare = bareClass(MarketStore.definition.layout)
    return (_, capacity) => new BareRecords(makeBare(capacity) as unknown as BareMarket)
  },
}

class BareRecords implements Peer {
  readonly bare: BareMarket
  count = 0
  constructor(bare: BareMarket) {
    this.bare = bare
  }
  get(index: number) {
    return this.bare.getPrice(index)
  }
  set(index: number, price: number) {
    this.bare.setPrice(index, price)
  }
  record(index: number) {
    return this.bare.get(index)
  }
  append(record: MarketRecord) {
    this.bare.set(this.count++, record)
  }
  sum() {
    const { bare, count } = this
    let sum = 0
    for (let i = 0; i < count; i++) sum += bare.getPrice(i)
    return sum
  }
  close() {}
}

interface BareMarket {
  getPrice(index: number): number
  setPrice(index: number, price: number): void
  get(index: number): unknown
  set(index: number, record: MarketRecord): void
}

class ArrayOfObjects implements Peer {
  readonly records: MarketRecord[] = []
  get(index: number) {
    return (this.records[index] as MarketRecord).price
  }
  set(index: number, price: number) {
    ;(this.records[index] as MarketRecord).price = price
  }
  record(index: number) {
    return this.records[index]
  }
  append({ id, price, volume, marketCap, stale }: MarketRecord) {
    this.records.push({ id, price, volume, marketCap, stale })
  }
  sum() {
    let sum = 0
    for (const { price } of this.records) sum += price
    return sum
  }
  close() {}
}

export const OBJECTS: PeerKind = {
  name: 'array of objects',
  note: 'plain JavaScript, neither shared nor stored; a record is the object itself, not a copy',
  load: async () => () => new ArrayOfObjects(),
}

interface BitEcs {
  createWorld(): object
  addEntity(world: object): number
  addComponent(world: object, entity: number, component: object): void
  query(world: object, components: object[]): Iterable<number>
}

/** A component as structure of arrays, typed and with room from the start: the form that its introduction advises. */
class Components implements Peer {
  readonly ecs: BitEcs
  readonly world: object
  readonly market
  constructor(ecs: BitEcs, capacity: number) {
    this.ecs = ecs
    this.world = ecs.createWorld()
    const column = () => new Float64Array(capacity + 1)
    this.market = {
      id: column(),
      price: column(),
      volume: column(),
      marketCap: column(),
      stale: new Uint8Array(capacity + 1),
    }
  }
  // Entities are numbered from 1.
  get(index: number) {
    return this.market.price[index + 1] as number
  }
  set(index: number, price: number) {
    this.market.price[index + 1] = price
  }
  record(index: number) {
    const { id, price, volume, marketCap, stale } = this.market
    const at = index + 1
    return {
      id: id[at],
      price: price[at],
      volume: volume[at],
      marketCap: marketCap[at],
      stale: stale[at] === 1,
    }
  }
  append(record: MarketRecord) {
    const { ecs, world, market } = this
    const entity = ecs.addEntity(world)
    ecs.addComponent(world, entity, market)
    market.id[entity] = record.id
    market.price[entity] = record.price
    market.volume[entity] = record.volume
    market.marketCap[entity] = record.marketCap
    market.stale[entity] = record.stale ? 1 : 0
  }
  sum() {
    let sum = 0
    const { price } = this.market
    for (const entity of this.ecs.query(this.world, [this.market])) sum += price[entity] as number
    return sum
  }
  close() {}
}

export const BITECS: PeerKind = {
  name: 'bitecs',
  note: 'one component as structure of typed arrays; in memory, indices are not checked',
  package: 'bitecs',
  load: async (load) => {
    const ecs = (await load('bitecs')) as unknown as BitEcs
    return (_, capacity) => new Components(ecs, capacity)
  },
}

class BackedObjects implements Peer {
  readonly objects: MarketRecord[]
  count = 0
  constructor(objects: MarketRecord[]) {
    this.objects = objects
  }
  get(index: number) {
    return (this.objects[index] as MarketRecord).price
  }
  set(index: number, price: number) {
    ;(this.objects[index] as MarketRecord).price = price
  }
  record(index: number) {
    const { id, price, volume, marketCap, stale } = this.objects[index] as MarketRecord
    return { id, price, volume, marketCap, stale }
  }
  append(record: MarketRecord) {
    const object = this.objects[this.count++] as MarketRecord
    object.id = record.id
    object.price = record.price
    object.volume = record.volume
    object.marketCap = record.marketCap
    object.stale = record.stale
  }
  sum() {
    let sum = 0
    for (let i = 0; i < this.count; i++) sum += (this.objects[i] as MarketRecord).price
    return sum
  }
  close() {}
}

export const BUFFER_BACKED: PeerKind = {
  name: 'buffer-backed-object',
  note: 'an array of objects over one ArrayBuffer; in memory',
  package: 'buffer-backed-object',
  isSlow: true,
  load: async (load) => {
    const { ArrayOfBufferBackedObjects, Float64, Uint8, structSize } = (await load(
      'buffer-backed-object',
    )) as Record<string, (...args: unknown[]) => unknown>
    if (!ArrayOfBufferBackedObjects || !Float64 || !Uint8 || !structSize)
      throw new RangeError('its interface has changed')
    const fields = {
      id: Float64(),
      price: Float64(),
      volume: Float64(),
      marketCap: Float64(),
      stale: Uint8(),
    }
    const bytes = structSize(fields) as number
    return (_, capacity) => {
      const objects = ArrayOfBufferBackedObjects(new ArrayBuffer(capacity * bytes), fields)
      return new BackedObjects(objects as MarketRecord[])
    }
  },
}

/** Peers that read and write a file of fixed records. */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs'
import type { MarketRecord, Peer, PeerKind } from './peer.ts'

const RECORD_BYTES = 40
const PRICE_BYTES = 8
const CHUNK_RECORDS = 16_384

function decode(view: DataView, at: number): MarketRecord {
  return {
    id: view.getFloat64(at, true),
    price: view.getFloat64(at + 8, true),
    volume: view.getFloat64(at + 16, true),
    marketCap: view.getFloat64(at + 24, true),
    stale: view.getUint8(at + 32) === 1,
  }
}

function encode(view: DataView, at: number, { id, price, volume, marketCap, stale }: MarketRecord): void {
  view.setFloat64(at, id, true)
  view.setFloat64(at + 8, price, true)
  view.setFloat64(at + 16, volume, true)
  view.setFloat64(at + 24, marketCap, true)
  view.setUint8(at + 32, stale ? 1 : 0)
}

class FileOffsets implements Peer {
  readonly fd: number
  readonly one = new Float64Array(1)
  readonly bytes = new Uint8Array(RECORD_BYTES)
  readonly view = new DataView(this.bytes.buffer)
  readonly chunk = new Float64Array((CHUNK_RECORDS * RECORD_BYTES) / 8)
  count = 0
  constructor(path: string) {
    this.fd = openSync(path, 'w+')
  }
  get(index: number) {
    readSync(this.fd, this.one, 0, 8, index * RECORD_BYTES + PRICE_BYTES)
    return this.one[0] as number
  }
  set(index: number, price: number) {
    this.one[0] = price
    writeSync(this.fd, this.one, 0, 8, index * RECORD_BYTES + PRICE_BYTES)
  }
  record(index: number) {
    readSync(this.fd, this.bytes, 0, RECORD_BYTES, index * RECORD_BYTES)
    return decode(this.view, 0)
  }
  append(record: MarketRecord) {
    encode(this.view, 0, record)
    writeSync(this.fd, this.bytes, 0, RECORD_BYTES, this.count++ * RECORD_BYTES)
  }
  sum() {
    const { fd, chunk, count } = this
    let sum = 0
    for (let from = 0; from < count; from += CHUNK_RECORDS) {
      readSync(fd, chunk, 0, chunk.byteLength, from * RECORD_BYTES)
      const rows = Math.min(CHUNK_RECORDS, count - from)
      for (let i = 0; i < rows; i++) sum += chunk[(i * RECORD_BYTES + PRICE_BYTES) / 8] as number
    }
    return sum
  }
  close() {
    closeSync(this.fd)
  }
}

export const FILE: PeerKind = {
  name: 'fs.readSync / writeSync',
  note: 'at offsets in a file; the sum reads 640 KiB at a time',
  isSlow: true,
  load: async () => (path) => new FileOffsets(path),
}

interface MmapIo {
  readonly PROT_READ: number
  readonly PROT_WRITE: number
  readonly MAP_SHARED: number
  map(size: number, protection: number, privacy: number, fd: number): Buffer
}

class MappedDataView implements Peer {
  readonly fd: number
  readonly view: DataView
  count = 0
  constructor(mmap: MmapIo, path: string, capacity: number) {
    this.fd = openSync(path, 'w+')
    ftruncateSync(this.fd, capacity * RECORD_BYTES)
    const { size } = fstatSync(this.fd)
    const { buffer, byteOffset, byteLength } = mmap.map(
      size,
      mmap.PROT_READ | mmap.PROT_WRITE,
      mmap.MAP_SHARED,
      this.fd,
    )
    this.view = new DataView(buffer, byteOffset, byteLength)
  }
  get(index: number) {
    return this.view.getFloat64(index * RECORD_BYTES + PRICE_BYTES, true)
  }
  set(index: number, price: number) {
    this.view.setFloat64(index * RECORD_BYTES + PRICE_BYTES, price, true)
  }
  record(index: number) {
    return decode(this.view, index * RECORD_BYTES)
  }
  append(record: MarketRecord) {
    encode(this.view, this.count++ * RECORD_BYTES, record)
  }
  sum() {
    const { view, count } = this
    let sum = 0
    for (let i = 0; i < count; i++) sum += view.getFloat64(i * RECORD_BYTES + PRICE_BYTES, true)
    return sum
  }
  close() {
    closeSync(this.fd)
  }
}

export const MMAP_IO: PeerKind = {
  name: '@riaskov/mmap-io',
  note: 'a DataView over the mapped file, which has room from the start; no consistency between processes',
  package: '@riaskov/mmap-io',
  load: async (load) => {
    const module = await load('@riaskov/mmap-io')
    const mmap = (module['default'] ?? module) as MmapIo
    return (path, capacity) => new MappedDataView(mmap, path, capacity)
  },
}

/**
 * Peers that are databases. All are told not to wait for the disk, as a store doesn't before `sync`, and get their
 * operations in batches of one transaction, as their documentation advises.
 */
import type { MarketRecord, Peer, PeerKind } from './peer.ts'

interface Lmdb {
  get(key: number): MarketRecord
  put(key: number, value: MarketRecord): unknown
  getRange(range: { start: number; end: number }): Iterable<{ value: MarketRecord }>
  transactionSync(run: () => void): void
  close(): Promise<void>
}

class LmdbRecords implements Peer {
  readonly db: Lmdb
  count = 0
  constructor(db: Lmdb) {
    this.db = db
  }
  get(index: number) {
    return this.db.get(index).price
  }
  set(index: number, price: number) {
    const record = this.db.get(index)
    record.price = price
    this.db.put(index, record)
  }
  record(index: number) {
    return this.db.get(index)
  }
  append(record: MarketRecord) {
    this.db.put(this.count++, record)
  }
  sum() {
    let sum = 0
    for (const { value } of this.db.getRange({ start: 0, end: this.count })) sum += value.price
    return sum
  }
  batch(run: () => void, writes: boolean) {
    if (writes) this.db.transactionSync(run)
    else run()
  }
  close() {
    void this.db.close()
  }
}

export const LMDB: PeerKind = {
  name: 'lmdb',
  note: 'keyEncoding uint32, shared structures, noSync; writes in one synchronous transaction a batch',
  package: 'lmdb',
  isSlow: true,
  load: async (load) => {
    const { open } = (await load('lmdb')) as { open(options: object): Lmdb }
    return (path) =>
      new LmdbRecords(
        open({
          path,
          keyEncoding: 'uint32',
          // Behind every record.
          sharedStructuresKey: 0xffff_ffff,
          noSync: true,
          noMemInit: true,
        }),
      )
  },
}

interface Sqlite {
  exec(sql: string): unknown
  prepare(sql: string): Statement
  close(): void
}

interface Statement {
  get(...values: unknown[]): unknown
  run(...values: unknown[]): unknown
}

class SqliteRecords implements Peer {
  readonly db: Sqlite
  readonly getPrice: Statement
  readonly setPrice: Statement
  readonly all: Statement
  readonly insert: Statement
  readonly total: Statement
  constructor(db: Sqlite) {
    this.db = db
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
    db.exec(
      'CREATE TABLE market (i INTEGER PRIMARY KEY, id INTEGER, price REAL, volume REAL, marketCap REAL, stale INTEGER)',
    )
    this.getPrice = db.prepare('SELECT price FROM market WHERE i = ?')
    this.setPrice = db.prepare('UPDATE market SET price = ? WHERE i = ?')
    this.all = db.prepare('SELECT id, price, volume, marketCap, stale FROM market WHERE i = ?')
    this.insert = db.prepare(
      'INSERT INTO market (id, price, volume, marketCap, stale) VALUES (?, ?, ?, ?, ?)',
    )
    this.total = db.prepare('SELECT sum(price) AS total FROM market')
  }
  // Rows are numbered from 1.
  get(index: number) {
    return (this.getPrice.get(index + 1) as { price: number }).price
  }
  set(index: number, price: number) {
    this.setPrice.run(price, index + 1)
  }
  record(index: number) {
    return this.all.get(index + 1)
  }
  append({ id, price, volume, marketCap, stale }: MarketRecord) {
    this.insert.run(id, price, volume, marketCap, stale ? 1 : 0)
  }
  sum() {
    return (this.total.get() as { total: number }).total
  }
  batch(run: () => void) {
    this.db.exec('BEGIN')
    run()
    this.db.exec('COMMIT')
  }
  close() {
    this.db.close()
  }
}

const SQLITE_NOTE = 'prepared statements, write-ahead log, synchronous off, one transaction a batch'

export const NODE_SQLITE: PeerKind = {
  name: 'node:sqlite',
  note: SQLITE_NOTE,
  isSlow: true,
  load: async (load) => {
    const { DatabaseSync } = (await load('node:sqlite')) as { DatabaseSync: new (path: string) => Sqlite }
    return (path) => new SqliteRecords(new DatabaseSync(path))
  },
}

export const BETTER_SQLITE: PeerKind = {
  name: 'better-sqlite3',
  note: SQLITE_NOTE,
  package: 'better-sqlite3',
  isSlow: true,
  load: async (load) => {
    const { default: Database } = (await load('better-sqlite3')) as { default: new (path: string) => Sqlite }
    // Loading it tells little: the part that is compiled is only looked for when a database is opened.
    new Database(':memory:').close()
    return (path) => new SqliteRecords(new Database(path))
  },
}

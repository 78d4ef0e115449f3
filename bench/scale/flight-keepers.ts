/** Flights in a store, in an array of objects and in SQLite: loading them, and the mean delay by origin. */
import { defineStore, int32, int53, str } from 'mmapforge'
import type { Flights } from './flight-data.ts'

/** Mean delay in minutes by origin. */
export type Means = ReadonlyMap<string, number>

/** One way to keep flights. */
export interface Keeper {
  readonly name: string
  load(flights: Flights): void
  query(): Means
  close(): void
}

export const FlightStore = defineStore(
  'Flight',
  { version: 1 },
  { date: int53, delay: int32, distance: int32, origin: str(4), destination: str(4) },
)

/** Sums that are gathered row by row. */
class Sums {
  readonly #sums = new Map<string, { total: number; count: number }>()

  add(origin: string, delay: number): void {
    const sum = this.#sums.get(origin)
    if (sum === undefined) this.#sums.set(origin, { total: delay, count: 1 })
    else {
      sum.total += delay
      sum.count++
    }
  }

  means(): Means {
    return new Map([...this.#sums].map(([origin, { total, count }]) => [origin, total / count]))
  }
}

export function keepInStore(path: string): Keeper {
  const store = FlightStore.create(path)
  return {
    name: 'mmapforge',
    load: ({ date, delay, distance, origin, destination }) => {
      store.appendMany({ date, delay, distance, origin, destination })
    },
    query: () => {
      const sums = new Sums()
      store.scan({ fields: ['origin', 'delay'] }, (origin, delay) => {
        sums.add(origin, delay)
      })
      return sums.means()
    },
    close: () => store.close(),
  }
}

interface Flight {
  date: number
  delay: number
  distance: number
  origin: string
  destination: string
}

export function keepAsObjects(): Keeper {
  const objects: Flight[] = []
  return {
    name: 'array of objects',
    load: ({ rows, ...columns }) => {
      for (let i = 0; i < rows; i++) {
        objects.push({
          date: columns.date[i] as number,
          delay: columns.delay[i] as number,
          distance: columns.distance[i] as number,
          origin: columns.origin[i] as string,
          destination: columns.destination[i] as string,
        })
      }
    },
    query: () => {
      const sums = new Sums()
      for (const { origin, delay } of objects) sums.add(origin, delay)
      return sums.means()
    },
    close: () => {
      objects.length = 0
    },
  }
}

/** What `node:sqlite` and `better-sqlite3` have in common. */
export interface Sqlite {
  exec(sql: string): unknown
  prepare(sql: string): { run(...values: unknown[]): unknown; all(): unknown }
  close(): void
}

export function keepInSqlite(name: string, db: Sqlite): Keeper {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
  db.exec(
    'CREATE TABLE flight (date INTEGER, delay INTEGER, distance INTEGER, origin TEXT, destination TEXT)',
  )
  return {
    name,
    load: ({ rows, date, delay, distance, origin, destination }) => {
      const insert = db.prepare('INSERT INTO flight VALUES (?, ?, ?, ?, ?)')
      db.exec('BEGIN')
      for (let i = 0; i < rows; i++) insert.run(date[i], delay[i], distance[i], origin[i], destination[i])
      db.exec('COMMIT')
    },
    query: () => {
      const groups = db.prepare('SELECT origin, avg(delay) AS mean FROM flight GROUP BY origin').all()
      return new Map((groups as { origin: string; mean: number }[]).map(({ origin, mean }) => [origin, mean]))
    },
    close: () => db.close(),
  }
}

/** Whether two answers are the same, to the last but one of a double's digits. */
export function agree(one: Means, other: Means): boolean {
  if (one.size !== other.size) return false
  return [...one].every(([origin, mean]) => Math.abs((other.get(origin) ?? Number.NaN) - mean) < 1e-9)
}

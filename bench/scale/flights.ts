/** Real work, done by the store and by others in one run, and checked against each other. */
import { mkdtempSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { runtimeHere, today } from '../measure/machine.ts'
import { rounded } from '../measure/statistics.ts'
import { installedPeers, installPeers } from '../peers/install.ts'
import type { FlightsPart, FlightsResult } from '../results/results.ts'
import { FLIGHTS_FILE, type Flights, loadFlights } from './flight-data.ts'
import {
  agree,
  type Keeper,
  keepAsObjects,
  keepInSqlite,
  keepInStore,
  type Means,
  type Sqlite,
} from './flight-keepers.ts'

const QUERIES = 3

export async function compareFlights(parent: string): Promise<FlightsPart> {
  const began = performance.now()
  const flights = await loadFlights()
  const decodeSeconds = secondsSince(began)
  console.log(`${flights.rows} flights decoded in ${decodeSeconds} s`)
  const folder = mkdtempSync(join(parent, 'mmapforge-flights-'))
  const results: FlightsResult[] = []
  let answer: Means | undefined
  try {
    for (const open of [
      () => keepInStore(join(folder, 'flights.mmf')),
      keepAsObjects,
      ...(await sqliteKeepers(folder)),
    ]) {
      const keeper = open()
      const { result, means } = work(keeper, flights)
      answer ??= means
      if (!agree(answer, means)) throw new RangeError(`${keeper.name} has another answer than the store`)
      results.push(result)
      console.log(JSON.stringify(result))
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    date: today(),
    runtime: runtimeHere(),
    file: FLIGHTS_FILE,
    rows: flights.rows,
    origins: answer?.size ?? 0,
    decodeSeconds,
    results,
  }
}

function work(keeper: Keeper, flights: Flights): { result: FlightsResult; means: Means } {
  ;(globalThis as { gc?: () => void }).gc?.()
  let began = performance.now()
  keeper.load(flights)
  const loadSeconds = secondsSince(began)
  let means: Means = new Map()
  const times = Array.from({ length: QUERIES }, () => {
    began = performance.now()
    means = keeper.query()
    return secondsSince(began)
  })
  keeper.close()
  return { result: { subject: keeper.name, loadSeconds, querySeconds: Math.min(...times) }, means }
}

/** The runtime's own SQLite where there is one, else better-sqlite3 where it can be had; in memory and in a file. */
async function sqliteKeepers(folder: string): Promise<(() => Keeper)[]> {
  const name = isBuiltin('node:sqlite') ? 'node:sqlite' : 'better-sqlite3'
  if (name === 'better-sqlite3') installPeers([name], (line) => console.log(line))
  let open: (path: string) => Sqlite
  try {
    const module = await installedPeers().load(name)
    const Database = (module['DatabaseSync'] ?? module['default']) as new (path: string) => Sqlite
    open = (path) => new Database(path)
    open(':memory:').close()
  } catch {
    console.log(`${name} is not to be had here`)
    return []
  }
  return [
    () => keepInSqlite(`${name}, in memory`, open(':memory:')),
    () => keepInSqlite(`${name}, in a file`, open(join(folder, 'flights.db'))),
  ]
}

function secondsSince(began: number): number {
  return rounded((performance.now() - began) / 1e3)
}

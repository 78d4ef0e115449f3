/** Three million flights of the package vega-datasets, as columns. */
import { fileURLToPath } from 'node:url'
import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

export const FLIGHTS_FILE = 'flights-3m.parquet'

export interface Flights {
  readonly rows: number
  /** Milliseconds since 1970. */
  readonly date: Float64Array
  /** Minutes; negative for early ones. */
  readonly delay: Int32Array
  readonly distance: Int32Array
  readonly origin: string[]
  readonly destination: string[]
}

export async function loadFlights(): Promise<Flights> {
  const folder = new URL('../data/', import.meta.resolve('vega-datasets'))
  const file = await asyncBufferFromFile(fileURLToPath(new URL(FLIGHTS_FILE, folder)))
  const metadata = await parquetMetadataAsync(file)
  const rows = Number(metadata.num_rows)
  const flights: Flights = {
    rows,
    date: new Float64Array(rows),
    delay: new Int32Array(rows),
    distance: new Int32Array(rows),
    origin: new Array<string>(rows).fill(''),
    destination: new Array<string>(rows).fill(''),
  }
  await parquetRead({
    file,
    metadata,
    compressors,
    onChunk: ({ columnName, columnData, rowStart }) => {
      const column = flights[columnName as Exclude<keyof Flights, 'rows'>] as unknown[]
      for (let i = 0; i < columnData.length; i++) {
        const value = columnData[i] as unknown
        column[rowStart + i] = typeof value === 'string' ? value : Number(value)
      }
    },
  })
  return flights
}

/** The two forms in which many records are handed over, as one sequence of records. */
import { MmapForgeError, show } from '../errors.ts'
import type { LayoutField } from '../schema/layout.ts'

/** One array-like of values for each field, all of the same length. */
export type Columns<R> = { readonly [K in keyof R]: ArrayLike<R[K]> }

/** @throws {MmapForgeError} `ERR_TYPE_MISMATCH` for anything but records or columns, or columns of unequal length */
export function recordsOf<R>(
  given: Iterable<Readonly<R>> | Columns<R>,
  fields: readonly LayoutField[],
  path: string,
): Iterable<Readonly<R>> {
  if (typeof given !== 'object' || given === null) {
    throw new MmapForgeError(
      'ERR_TYPE_MISMATCH',
      `records come as an iterable, or as an object of columns, not as ${show(given)}`,
      { path },
    )
  }
  return Symbol.iterator in given ? given : rows(given, fields, path)
}

function rows<R>(columns: Columns<R>, fields: readonly LayoutField[], path: string): Iterable<R> {
  const taken = fields.map(({ property }) => {
    const column = (columns as Record<string, ArrayLike<unknown> | undefined>)[property]
    if (typeof column !== 'object' || column === null || typeof column.length !== 'number') {
      throw new MmapForgeError('ERR_TYPE_MISMATCH', `a column is an array, not ${show(column)}`, {
        path,
        field: property,
      })
    }
    return { property, column, length: column.length }
  })
  const length = taken[0]?.length ?? 0
  const odd = taken.find((column) => column.length !== length)
  if (odd !== undefined) {
    throw new MmapForgeError(
      'ERR_TYPE_MISMATCH',
      `the column has ${odd.length} values, the first one has ${length}; give as many of each field`,
      { path, field: odd.property },
    )
  }
  return rowsOf<R>(taken, length)
}

function* rowsOf<R>(
  columns: readonly { property: string; column: ArrayLike<unknown> }[],
  length: number,
): Generator<R> {
  // One object for all rows: each is written before the next one is made.
  const row: Record<string, unknown> = {}
  for (let i = 0; i < length; i++) {
    for (const { property, column } of columns) row[property] = column[i]
    yield row as R
  }
}

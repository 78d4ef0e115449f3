/** The two forms in which `appendMany` takes records: an iterable of records, or columns. */
import { MmapForgeError, show } from '../errors.ts'
import type { LayoutField } from '../schema/layout.ts'
import { copiedRecord } from '../values/copies.ts'

/** One array-like of values for each field, all of the same length. */
export type Columns<R> = { readonly [K in keyof R]: ArrayLike<R[K]> }

/** Whether records come as columns. @throws {MmapForgeError} `ERR_TYPE_MISMATCH` for a value that can be neither form */
export function areColumns<R>(given: Iterable<Readonly<R>> | Columns<R>, path: string): given is Columns<R> {
  if (typeof given === 'object' && given !== null) return !(Symbol.iterator in given)
  throw new MmapForgeError(
    'ERR_TYPE_MISMATCH',
    `records come as an iterable, or as an object of columns, not as ${show(given)}`,
    { path },
  )
}

/**
 * The columns of the fields, each looked up once, since the lookup may run code of the caller's.
 *
 * @param isCopied copies the columns, so that reading a value runs no code of the caller's either
 * @throws {MmapForgeError} `ERR_TYPE_MISMATCH` if a column is not an array, or the lengths differ
 */
export function checkedColumns<R>(
  given: Columns<R>,
  fields: readonly LayoutField[],
  path: string,
  isCopied: boolean,
): { readonly columns: Columns<R>; readonly length: number } {
  const taken = fields.map(({ property }) => {
    const column = (given as Record<string, ArrayLike<unknown> | undefined>)[property]
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
  const columns = Object.fromEntries(
    taken.map(({ property, column }) => [property, isCopied ? Array.from(column) : column]),
  )
  return { columns: columns as Columns<R>, length }
}

/**
 * Copies all records of an iterable, each as it is yielded: the iterable may yield one object again and again. Reading a
 * copy runs no code of the caller's.
 */
export function copiedRecords<R>(records: Iterable<Readonly<R>>, fields: readonly LayoutField[]): R[] {
  return Array.from(records, (record) => copiedRecord(record, fields))
}

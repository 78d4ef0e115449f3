/** Replaces a record by what a caller's function makes of it, while every other writer is excluded. */
import { MmapForgeError, show } from '../errors.ts'
import type { LayoutField } from '../schema/layout.ts'
import { copiedRecord } from '../values/copies.ts'

/** What `modify` needs of its store. */
export interface ModifiableRecords<R> {
  readonly path: string
  readonly fields: readonly LayoutField[]
  /** @throws if the record can't be written to, and says why */
  assertTakeable(index: number): void
  /** Takes a record, and returns what it holds; if it throws, nothing was begun. */
  begin(index: number): R
  /** Runs the caller's code, and refuses writes to the store meanwhile. */
  barringWrites<T>(index: number, run: () => T): T
  write(index: number, record: R): void
  /** Lets go of a record that was begun and not written. */
  abandon(index: number): void
}

/** @throws {MmapForgeError} `ERR_TYPE_MISMATCH` if `change` is not a function; what `change`, and writing its result, throw */
export function modifyRecord<R, T extends Readonly<R>>(
  records: ModifiableRecords<R>,
  index: number,
  change: (record: R) => T,
): T {
  if (typeof change !== 'function') {
    records.assertTakeable(index)
    throw new MmapForgeError('ERR_TYPE_MISMATCH', `modify takes a function, not ${show(change)}`, {
      path: records.path,
    })
  }
  const before = records.begin(index)
  try {
    // Copied while writes are barred: the record may have getters.
    const [record, copy] = records.barringWrites(index, () => {
      const changed = change(before)
      return [changed, copiedRecord<R>(changed, records.fields)]
    })
    records.write(index, copy)
    return record
  } catch (error) {
    records.abandon(index)
    throw error
  }
}

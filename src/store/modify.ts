/** Replacing a record by what a caller's function makes of it, with every other writer kept out. */
import { MmapForgeError, show } from '../errors.ts'
import type { LayoutField } from '../schema/layout.ts'
import { copiedRecord } from '../values/copies.ts'

/** What a modify needs of its store. */
export interface ModifiableRecords<R> {
  readonly path: string
  readonly fields: readonly LayoutField[]
  /** @throws why there can be no write to a record */
  assertTakeable(index: number): void
  /** Keeps other writers out of a record, and gives what it holds; where it throws, nothing was begun. */
  begin(index: number): R
  /** Runs the caller's code, which is not to write to the store meanwhile. */
  barringWrites<T>(index: number, run: () => T): T
  write(index: number, record: R): void
  /** Lets go of a record that was begun and not written. */
  abandon(index: number): void
  /** After what was begun, whatever became of it. */
  end(): void
}

/** @throws {MmapForgeError} `ERR_TYPE_MISMATCH` for what is no function; what `change`, and writing its result, throw */
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
  } finally {
    records.end()
  }
}

/** Replacing a record by what a caller's function makes of it, with every other writer kept out. */
import { MmapForgeError, show } from '../errors.ts'
import { COUNTER_WORDS } from '../schema/layout.ts'
import { copiedRecord } from './append-many.ts'
import { isIndexBelow } from './hot-records.ts'
import { createStore, MEMORY_PATH, type Opened } from './opening.ts'
import { WatchedStore } from './watched-store.ts'

/** A store whose class makes another for a record that is copied out. */
interface ScratchClass<S> {
  new (opened: Opened): S
}

export abstract class ModifiableStore<R> extends WatchedStore {
  /** A store of one record, for what `modify` copies. */
  #scratch: ModifiableStore<R> | undefined

  abstract get(index: number): R
  /** @internal Writes a checked record at an index, or at the next place to append to where `place` is APPEND. */
  protected abstract write(place: number, record: Readonly<R>): number

  /**
   * Replaces a record by what a function makes of it, in one step that no other writer comes between: where there are
   * many writers, they wait for it, and so do readers of the record.
   *
   * @param change - gives the new record, which may be the one it is given, changed; synchronous, and must not use this
   *   store to write, nor, where there are many writers, to read this record
   * @returns the new record; where `change` throws, or gives what does not fit, nothing has changed
   * @throws {MmapForgeError} `ERR_REENTRANT` for what `change` must not do
   *
   * @example
   * accounts.modify(i, (account) => ({ ...account, balance: account.balance - 5, debits: account.debits + 1 }))
   */
  modify<T extends Readonly<R>>(index: number, change: (record: R) => T): T {
    if (typeof change !== 'function') {
      if (!isIndexBelow(index, this.takeLimit)) this.assertPlace(index)
      throw new MmapForgeError('ERR_TYPE_MISMATCH', `modify takes a function, not ${show(change)}`, {
        path: this.opened.path,
      })
    }
    const none = this.begunIndex
    const before = this.#beginModify(index)
    try {
      if (this.guard?.isForAll === true) this.begunIndex = index
      const { fields } = this.opened.definition.layout
      // Copied while writes are barred: the record may have getters.
      const [record, copy] = this.#barringWrites(index, () => {
        const changed = change(before)
        return [changed, copiedRecord(changed, fields)]
      })
      this.write(index, copy)
      return record
    } catch (error) {
      this.cancelWrite(index)
      throw error
    } finally {
      this.begunIndex = none
    }
  }

  /** Takes a record for a `modify`, and gives what it holds. */
  #beginModify(index: number): R {
    if (!isIndexBelow(index, this.takeLimit)) this.assertPlace(index)
    if (this.guard?.isForAll !== true) return this.get(index)
    // Readers wait for the record, this store too: so it is read from a copy.
    const scratch = this.#scratch ?? this.#makeScratch()
    this.#scratch = scratch
    this.claim(index)
    try {
      this.#copyRecord(index, scratch)
      return scratch.get(0)
    } catch (error) {
      this.cancelWrite(index)
      // The same again, where it says which record it is.
      this.get(index)
      throw error
    }
  }

  #makeScratch(): ModifiableStore<R> {
    const Store = this.constructor as ScratchClass<ModifiableStore<R>>
    const scratch = new Store(createStore(this.opened.definition, MEMORY_PATH, { capacity: 1 }))
    scratch.publish(scratch.claimNext())
    return scratch
  }

  #copyRecord(index: number, scratch: ModifiableStore<R>): void {
    const from = this.counterOf(index)
    const end = from + this.recordSizeBytes / Int32Array.BYTES_PER_ELEMENT
    scratch.i32.set(this.i32.subarray(from + COUNTER_WORDS, end), scratch.counterOf(0) + COUNTER_WORDS)
  }

  /** Runs a caller's code, which is not to write to this store meanwhile. */
  #barringWrites<T>(index: number, run: () => T): T {
    const none = this.modifiedIndex
    try {
      this.barWrites(index)
      return run()
    } finally {
      // First without a call: where that exhausts the stack, the next write finds its way by this.
      this.modifiedIndex = none
      this.barWrites(none)
    }
  }
}

/** Waiting for a store, and watching it: across processes and threads, without blocking either. */
import { MmapForgeError } from '../errors.ts'
import { ChangeScan } from '../waiting/change-scan.ts'
import {
  type AppendedOptions,
  checkFrom,
  checkWaitOptions,
  checkWantedLength,
  type WaitOptions,
  type WatchOptions,
} from '../waiting/waits.ts'
import { WakeHub } from '../waiting/wake-hub.ts'
import { appendedIndices, changedIndices, lengthWait, type WatchedRecords } from '../waiting/watching.ts'
import { StoreCore } from './store-base.ts'

export abstract class WatchedStore extends StoreCore {
  #hub: WakeHub | undefined

  /**
   * Waits until the store has `length` records or more, appended by whichever process. It blocks nothing, and costs
   * next to nothing while it waits.
   *
   * @param length 0 to 2^32 - 1
   * @param options `timeoutMs`: how long to wait, for ever by default; `signal`; `ref`: keep the process alive
   * @returns the length then
   * @throws (as a rejection) {@link MmapForgeError} `ERR_TIMEOUT`; `ERR_CLOSED` once the store is closed; the reason of
   *   `signal`
   */
  async waitForLength(length: number, options?: WaitOptions): Promise<number> {
    this.assertOpen()
    checkWantedLength(this.opened.path, length)
    const checked = checkWaitOptions(this.opened.path, options, ['timeoutMs', 'signal', 'ref'])
    let seen = 0
    const records = { ...this.#records(), count: () => (seen = this.#count()) }
    if (await this.waiting().until(lengthWait(records, length, checked, checked.timeoutMs))) return seen
    throw new MmapForgeError(
      'ERR_TIMEOUT',
      `after ${checked.timeoutMs} ms the store has ${seen} records, ${length} were waited for; wait longer, or look ` +
        'whether its writer is at work',
      { path: this.opened.path },
    )
  }

  /**
   * The index of each record as it is appended, by whichever process: first those that are there from `from` on, then
   * each that comes. None is left out, however slow the loop.
   *
   * @param options `from`: the first index, `length` by default; `signal`; `ref`: keep the process alive
   * @throws {@link MmapForgeError} `ERR_OUT_OF_BOUNDS` for a `from` beyond `length`; in the loop `ERR_CLOSED` once the store is
   *   closed, and the reason of `signal`
   *
   * @example
   * for await (const index of ticks.appended({ signal })) console.log(ticks.get(index))
   */
  appended(options?: AppendedOptions): AsyncGenerator<number, never, undefined> {
    const count = this.#count()
    const checked = checkWaitOptions(this.opened.path, options, ['from', 'signal', 'ref'])
    const { from = count } = checked
    checkFrom(this.opened.path, from, count)
    return appendedIndices(this.#records(), this.waiting(), from, checked)
  }

  /**
   * The index of each record that changes from now on, or is appended, by whichever process. One that changes again
   * before it is given is given once; one that changes afterwards is given again.
   *
   * @param options `signal`; `ref`: keep the process alive
   * @throws in the loop {@link MmapForgeError} `ERR_CLOSED` once the store is closed, and the reason of `signal`
   */
  changed(options?: WatchOptions): AsyncGenerator<number, never, undefined> {
    const count = this.#count()
    const checked = checkWaitOptions(this.opened.path, options, ['signal', 'ref'])
    const records = this.#records()
    return changedIndices(records, this.waiting(), new ChangeScan(records.counters(count), count), checked)
  }

  protected override release(): void {
    this.#hub?.close()
    super.release()
  }

  /** What waits for this store; tests look at it. */
  protected waiting(): WakeHub {
    this.#hub ??= new WakeHub(this.opened.path, this.wakes, () => {
      if (this.wakes.areChangesAwaited()) this.notes.slowDown()
    })
    return this.#hub
  }

  #count(): number {
    this.assertOpen()
    return this.liveCount()
  }

  #records(): WatchedRecords {
    return {
      count: () => this.#count(),
      counters: (count) => {
        if (count > this.readLimit) this.followTo(count)
        return { i32: this.i32, first: this.counterOf(0), stride: this.counterOf(1) - this.counterOf(0) }
      },
    }
  }
}

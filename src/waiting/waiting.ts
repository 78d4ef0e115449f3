/** Waits for a store, and watches it, across processes and threads, without blocking a thread. */
import { MmapForgeError } from '../errors.ts'
import { ChangeScan } from './change-scan.ts'
import {
  type AppendedOptions,
  checkFrom,
  checkWaitOptions,
  checkWantedLength,
  type WaitOptions,
  type WatchOptions,
} from './waits.ts'
import type { WakeChannel } from './wake-channel.ts'
import { WakeHub } from './wake-hub.ts'
import { appendedIndices, changedIndices, lengthWait, type WatchedRecords } from './watching.ts'
import type { WriteNotes } from './write-notes.ts'

/** The waits on one store; the store's own methods document them. */
export class Waiting {
  /** Made at the first wait. */
  #hub: WakeHub | undefined
  readonly #path: string
  readonly #records: WatchedRecords
  readonly #channel: WakeChannel
  readonly #notes: WriteNotes

  constructor(path: string, records: WatchedRecords, channel: WakeChannel, notes: WriteNotes) {
    this.#path = path
    this.#records = records
    this.#channel = channel
    this.#notes = notes
  }

  /** What all waits share. */
  get hub(): WakeHub {
    const onAnnounced = (): void => {
      if (this.#channel.areChangesAwaited()) this.#notes.slowDown()
    }
    this.#hub ??= new WakeHub(this.#path, this.#channel, this.#records.assertInPlace, onAnnounced)
    return this.#hub
  }

  async forLength(length: number, options: WaitOptions | undefined): Promise<number> {
    const records = this.#records
    let seen = records.count()
    checkWantedLength(this.#path, length)
    const checked = checkWaitOptions(this.#path, options, ['timeoutMs', 'signal', 'ref'])
    const counted = { ...records, count: () => (seen = records.count()) }
    if (await this.hub.until(lengthWait(counted, length, checked, checked.timeoutMs))) return seen
    throw new MmapForgeError(
      'ERR_TIMEOUT',
      `after ${checked.timeoutMs} ms the store has ${seen} records, ${length} were waited for; wait longer, or look ` +
        'whether its writer is at work',
      { path: this.#path },
    )
  }

  appended(options: AppendedOptions | undefined): AsyncGenerator<number, never, undefined> {
    const count = this.#records.count()
    const checked = checkWaitOptions(this.#path, options, ['from', 'signal', 'ref'])
    const { from = count } = checked
    checkFrom(this.#path, from, count)
    return appendedIndices(this.#records, this.hub, from, checked)
  }

  changed(options: WatchOptions | undefined): AsyncGenerator<number, never, undefined> {
    const count = this.#records.count()
    const checked = checkWaitOptions(this.#path, options, ['signal', 'ref'])
    const seen = new ChangeScan(this.#records.counters(count), count)
    return changedIndices(this.#records, this.hub, seen, checked)
  }

  close(): void {
    this.#hub?.close()
  }
}

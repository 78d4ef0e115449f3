/** What a store may be asked at a given moment, and why not. */
import { MmapForgeError } from '../errors.ts'
import { WakeChannel } from '../waiting/wake-channel.ts'
import type { Opened } from './opening.ts'

/** Stands for no record. */
export const NO_RECORD = -1

export abstract class StoreState {
  protected readonly opened: Opened
  protected isClosed = false
  /** The record that a `modify` is asking its caller for. */
  protected modifiedIndex = NO_RECORD
  /** Whether an `appendMany` is under way. */
  protected isAppendingMany = false

  /** To those who wait for this store. */
  protected readonly wakes: WakeChannel

  constructor(opened: Opened) {
    this.opened = opened
    this.wakes = new WakeChannel(opened.realPath)
  }

  protected assertOpen(): void {
    if (this.isClosed) {
      throw new MmapForgeError('ERR_CLOSED', 'the store is closed; open it again', { path: this.opened.path })
    }
  }

  protected assertWritable(): void {
    this.assertOpen()
    if (this.modifiedIndex !== NO_RECORD) {
      throw new MmapForgeError(
        'ERR_REENTRANT',
        `the store was written to from within modify of record ${this.modifiedIndex}; write before or after it`,
        { path: this.opened.path },
      )
    }
    if (this.opened.options.readOnly) {
      throw new MmapForgeError(
        'ERR_READ_ONLY',
        'the store was opened with readOnly; open it without to write',
        {
          path: this.opened.path,
        },
      )
    }
  }

  /** What an `appendMany` asks for its records must not append itself. */
  protected assertNotAppending(): void {
    if (!this.isAppendingMany) return
    throw new MmapForgeError(
      'ERR_REENTRANT',
      'a record was appended from within appendMany; append it afterwards',
      { path: this.opened.path },
    )
  }
}

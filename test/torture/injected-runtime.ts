/** What emitted store classes take from the runtime, with another seqlock in it: counts and publication included. */
import { COUNT_OFFSET_BYTES } from '../../src/format/header.ts'
import type { Seqlock } from '../../src/protocol/seqlock.ts'
import * as runtime from '../../src/runtime.ts'

export type Runtime = typeof runtime

/** Index of the record count in a store's Int32Array. */
export const COUNT_WORD = COUNT_OFFSET_BYTES / Int32Array.BYTES_PER_ELEMENT

export function runtimeOf(seqlock: Seqlock): Runtime {
  abstract class RecordStore extends runtime.RecordStore<Record<string, unknown>> {
    constructor(opened: ConstructorParameters<typeof runtime.RecordStore>[0]) {
      super(opened)
      if (!this.isShared) Object.assign(this, { makeOdd: seqlock.beginWrite })
    }

    protected override liveCount(): number {
      return seqlock.loadShared(this.i32, COUNT_WORD, this.fence) >>> 0
    }

    protected override publish(index: number): number {
      seqlock.storeShared(this.i32, COUNT_WORD, index + 1, this.fence)
      // Stores the same count again, which is no news to anybody.
      return super.publish(index)
    }
  }
  return { ...runtime, ...seqlock, RecordStore: RecordStore as Runtime['RecordStore'] }
}

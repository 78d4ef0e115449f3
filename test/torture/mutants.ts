/**
 * Stores with a fault put in on purpose, to show that the torture finds it. Each takes away one thing that the protocol
 * rests on.
 */
import { fencedSeqlock, type Seqlock } from '../../src/protocol/seqlock.ts'
import { COUNT_WORD, type Runtime, runtimeOf } from './injected-runtime.ts'

/** The fence word left out: right only as long as no compiler folds, hoists or drops a load or a store. */
const plainSeqlock: Seqlock = {
  beginRead: (i32, counter) => (i32[counter] as number) & ~1,
  endRead: (i32, counter, before) => i32[counter] === before,
  beginWrite: (i32, counter) => {
    const before = i32[counter] as number
    i32[counter] = before | 1
    return before
  },
  endWrite: (i32, counter, before) => {
    i32[counter] = (before + 2) | 0
  },
  loadShared: (i32, at) => i32[at] as number,
  storeShared: (i32, at, value) => {
    i32[at] = value
  },
}

/** Readers look at the counter before the data, and not again after it. */
const uncheckedSeqlock: Seqlock = {
  ...fencedSeqlock,
  beginRead: (i32, counter) => i32[counter] as number,
  endRead: (_i32, _counter, before) => (before & 1) === 0,
}

/** Writers leave the counter even while they write. */
const unmarkedSeqlock: Seqlock = {
  ...fencedSeqlock,
  beginWrite: (i32, counter) => (i32[counter] as number) & ~1,
}

/** How long the tardy mutant takes between publishing a record and filling it: long enough for a reader to look. */
const TARDY_LOADS = 500

/** Appends count the record first and fill it afterwards. */
function earlyRuntime(from: Runtime): Runtime {
  abstract class RecordStore extends from.RecordStore<Record<string, unknown>> {
    protected override claimNext(): number {
      const index = super.claimNext()
      // An appendMany would notice itself that its records were counted: it is for readers to notice.
      if (this.isAppendingMany) return index
      fencedSeqlock.storeShared(this.i32, COUNT_WORD, index + 1, this.fence)
      for (let i = 0; i < TARDY_LOADS; i++) Atomics.load(this.i32, COUNT_WORD)
      return index
    }
  }
  return { ...from, RecordStore: RecordStore as Runtime['RecordStore'] }
}

/** Readers see the count of their first look for ever after. */
function deafRuntime(from: Runtime): Runtime {
  abstract class RecordStore extends from.RecordStore<Record<string, unknown>> {
    private firstCount: number | undefined

    protected override liveCount(): number {
      if (!this.readOnly) return super.liveCount()
      this.firstCount ??= super.liveCount()
      return this.firstCount
    }
  }
  return { ...from, RecordStore: RecordStore as Runtime['RecordStore'] }
}

export const mutantRuntimes: Readonly<Record<string, () => Runtime>> = {
  plain: () => runtimeOf(plainSeqlock),
  unchecked: () => runtimeOf(uncheckedSeqlock),
  unmarked: () => runtimeOf(unmarkedSeqlock),
  early: () => earlyRuntime(runtimeOf(fencedSeqlock)),
  deaf: () => deafRuntime(runtimeOf(fencedSeqlock)),
}

/** Watches a store: yields the indices of records that are appended, or that change. */

import { setImmediate } from 'node:timers'
import { hasCode } from '../os/system-error.ts'
import { throwIfAborted } from './abort.ts'
import type { ChangeScan, Counters } from './change-scan.ts'
import type { CheckedWait } from './waits.ts'
import type { WakeChannel } from './wake-channel.ts'
import { untilLookMs, type Wait, type WakeHub } from './wake-hub.ts'

/** Indices that are yielded without a break, before the event loop gets a turn. */
const INDICES_AT_A_TIME = 1024
/** Records that are checked without such a break. */
const RECORDS_AT_A_TIME = 2 ** 16
/** One part in so many of the elapsed time goes into checking records that no wake-up reported. */
const REST_RATIO = 500

/** The part of a store that watching needs; each throws `ERR_CLOSED` once it is closed. */
export interface WatchedRecords {
  /** Records appended so far. */
  count(): number
  /** Where the counters of the first `count` records are; follows growth. */
  counters(count: number): Counters
  /** Throws `ERR_REPLACED` where the store's file is not in its place any more. */
  assertInPlace(): void
}

type Options = Pick<CheckedWait, 'signal' | 'ref'>

/** The wait for a store to have `length` records. */
export function lengthWait(
  records: WatchedRecords,
  length: number,
  { signal, ref }: Options,
  timeoutMs = Infinity,
): Wait {
  return {
    signal,
    ref,
    timeoutMs,
    isOver: () => records.count() >= length,
    announce: (channel) => channel.awaitLength(length),
  }
}

export async function* appendedIndices(
  records: WatchedRecords,
  hub: WakeHub,
  from: number,
  options: Options,
): AsyncGenerator<number, never, undefined> {
  for (let next = from; ; ) {
    throwIfAborted(options.signal)
    if (next >= records.count()) await hub.until(lengthWait(records, next + 1, options))
    else {
      yield next++
      if (next % INDICES_AT_A_TIME === 0) await turn()
    }
  }
}

export async function* changedIndices(
  records: WatchedRecords,
  hub: WakeHub,
  scan: ChangeScan,
  { signal, ref }: Options,
): AsyncGenerator<number, never, undefined> {
  /** How long a pass takes, with outliers damped: on a busy machine a pass may be interrupted. */
  let costMs = Infinity
  /** Consecutive passes that found nothing, without a wake-up. */
  let idlePasses = 0
  let givenCount = 0
  /** Why it ends, once the last changes have been given. */
  let end: unknown
  const unlessReplaced = async (act: () => unknown): Promise<void> => {
    try {
      await act()
    } catch (error) {
      if (!hasCode(error, 'ERR_REPLACED')) throw error
      end = error
    }
  }
  for (;;) {
    // Before the first check, so that a wake-up reports a change that comes right after it.
    await unlessReplaced(() => hub.attend())
    const { generation } = hub
    const count = records.count()
    const announce = (channel: WakeChannel): void => {
      channel.awaitLength(count + 1)
      channel.awaitChanges()
    }
    hub.announce(announce)
    const givenBefore = givenCount
    let busyMs = 0
    for (let from = 0; from < count; from += RECORDS_AT_A_TIME) {
      if (from > 0) await turn()
      const began = performance.now()
      const to = Math.min(count, from + RECORDS_AT_A_TIME)
      const indices = scan.changed(records.counters(count), from, to)
      busyMs += performance.now() - began
      for (const index of indices) {
        throwIfAborted(signal)
        records.count()
        yield index
        if (++givenCount % INDICES_AT_A_TIME === 0) await turn()
      }
    }
    if (end !== undefined) throw end
    const isNew = () => hub.generation !== generation || records.count() !== count
    idlePasses = givenCount > givenBefore || isNew() ? 0 : idlePasses + 1
    costMs = Math.min(busyMs, 2 * costMs)
    const lookAt = performance.now() + Math.max(untilLookMs(idlePasses, hub.isTold), costMs * REST_RATIO)
    const wait: Wait = {
      signal,
      ref,
      timeoutMs: Infinity,
      isOver: () => isNew() || performance.now() >= lookAt,
      announce,
      get lookWithinMs() {
        return Math.max(1, Math.ceil(lookAt - performance.now()))
      },
    }
    await unlessReplaced(() => hub.until(wait))
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** What the tests of waiting look at from within. */
import type { RecordStore } from '../../src/store/record-store.ts'
import type { Waiting } from '../../src/waiting/waiting.ts'
import type { WakeChannel } from '../../src/waiting/wake-channel.ts'
import type { WriteNotes } from '../../src/waiting/write-notes.ts'

interface Inside {
  readonly wakes: WakeChannel
  readonly notes: WriteNotes
  readonly waiting: Waiting
}

/** The parts of a store that wait and wake. */
export function insideOf(store: RecordStore<never>): Inside {
  return store as unknown as Inside
}

/** Counts how often those who wait for a store are told of something, from now on. */
export function countTold(store: RecordStore<never>): { count: number } {
  const { hub } = insideOf(store).waiting
  const told = { count: 0 }
  const { hear } = hub
  hub.hear = () => {
    told.count++
    hear.call(hub)
  }
  return told
}

/** Why a promise was rejected. */
export async function reasonOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (reason) {
    return reason
  }
  throw new Error('it was not rejected')
}

/** The first `count` indices that a loop is given. */
export async function take(indices: AsyncIterable<number>, count: number): Promise<number[]> {
  const taken: number[] = []
  if (count === 0) return taken
  for await (const index of indices) {
    taken.push(index)
    if (taken.length === count) break
  }
  return taken
}

/** Lets everything happen that is about to. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

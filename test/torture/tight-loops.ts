/**
 * Tight loops. The first ones are those in which users wait for a change, as tight as they would write them: a compiler that finds nothing in them to
 * reload a value for hoists the load, and the loop never ends. Each is a function of its own, so that it is compiled for
 * one accessor, and gives how often it looked; {@link SPIN_LIMIT} means that it saw no change.
 */
import { type EveryStore, isWholeLanes, type LanesRecord, type LanesStore } from './records.ts'

/** Some milliseconds where the load is hoisted, some tens where every look is a call. */
export const SPIN_LIMIT = 2 ** 22

export function spinOnLane(store: LanesStore, old: number): number {
  let looks = 0
  while (looks < SPIN_LIMIT && store.getLane0(0) === old) looks++
  return looks
}

export function spinOnHalves(store: LanesStore, old: number): number {
  let looks = 0
  while (looks < SPIN_LIMIT && store.getHalves(0) === old) looks++
  return looks
}

export function spinOnByte(store: EveryStore, old: number): number {
  let looks = 0
  while (looks < SPIN_LIMIT && store.getU8(0) === old) looks++
  return looks
}

export function spinOnText(store: EveryStore, old: string): number {
  let looks = 0
  while (looks < SPIN_LIMIT && store.getShort(0) === old) looks++
  return looks
}

export function spinOnLanesLength(store: LanesStore, wanted: number): number {
  let looks = 0
  while (looks < SPIN_LIMIT && store.length < wanted) looks++
  return looks
}

export function spinOnEveryLength(store: EveryStore, wanted: number): number {
  let looks = 0
  while (looks < SPIN_LIMIT && store.length < wanted) looks++
  return looks
}

/** Snapshots of one record, read and checked back to back; gives how many were mixtures, and the first of them. */
export function snapshotsInARow(
  store: LanesStore,
  count: number,
): { tornCount: number; first: LanesRecord | undefined } {
  let tornCount = 0
  let first: LanesRecord | undefined
  for (let i = 0; i < count; i++) {
    const record = store.get(0)
    if (isWholeLanes(record)) continue
    tornCount++
    first ??= record
  }
  return { tornCount, first }
}

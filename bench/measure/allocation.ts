/** Heap bytes that an operation allocates, by the engine's own counters. */
import { do_not_optimize } from 'mitata'
import type { Subject } from './sample.ts'

/** What taking the figure allocates itself stays below this. */
const NOISE_BYTES = 24_000
const OPERATIONS = 200_000

/**
 * Heap growth over many runs without a collection in between; one makes it negative, and then it is tried again.
 *
 * @returns null where it can't be told: JavaScriptCore counts only when it collects
 */
export function allocatedBytes(subject: Subject): number | null {
  if (process.versions['bun'] !== undefined || subject.before !== undefined) return null
  const collect = (globalThis as { gc?: () => void }).gc
  // Halved at each attempt, so that what allocates much gets below what makes the engine collect.
  for (let operations = OPERATIONS; operations > OPERATIONS / 32; operations /= 2) {
    const runs = Math.ceil(operations / subject.operations)
    collect?.()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < runs; i++) do_not_optimize(subject.run())
    const grown = process.memoryUsage().heapUsed - before
    if (grown >= 0) return grown < NOISE_BYTES ? 0 : grown / (runs * subject.operations)
  }
  return null
}

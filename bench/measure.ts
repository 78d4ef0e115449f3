/** Measuring one operation: mitata's sampler around a batch, reduced to what a table shows. */
import { do_not_optimize, measure } from 'mitata'

export interface Measurement {
  /** Median over the samples, nanoseconds an operation. */
  readonly medianNs: number
  readonly p99Ns: number
  /** Heap bytes an operation, over a run of its own; NaN where the runtime can't tell. */
  readonly allocatedBytes: number
}

/** Runs `operations` operations and gives something that depends on each, so that none is optimised away. */
export interface Batch {
  readonly operations: number
  run(): unknown
}

export interface Effort {
  /** Least time spent on samples, in nanoseconds. */
  readonly cpuTimeNs: number
}

export const QUICK: Effort = { cpuTimeNs: 60e6 }
export const FULL: Effort = { cpuTimeNs: 600e6 }

export async function measureBatch({ operations, run }: Batch, { cpuTimeNs }: Effort): Promise<Measurement> {
  // Enough for the optimising compiler to have settled before the first sample.
  for (let warm = 0; warm < 200_000 / operations + 20; warm++) do_not_optimize(run())
  const stats = await measure(() => do_not_optimize(run()), {
    min_cpu_time: cpuTimeNs,
    min_samples: 20,
    batch_unroll: 1,
    inner_gc: false,
  })
  return {
    medianNs: stats.p50 / operations,
    p99Ns: stats.p99 / operations,
    allocatedBytes: allocatedBytes({ operations, run }),
  }
}

/** Heap growth over many runs without a collection in between; a collection makes it negative, and is tried again. */
function allocatedBytes({ operations, run }: Batch): number {
  const runs = Math.ceil(200_000 / operations)
  for (let attempt = 0; attempt < 5; attempt++) {
    ;(globalThis as { gc?: () => void }).gc?.()
    const before = process.memoryUsage().heapUsed
    for (let i = 0; i < runs; i++) do_not_optimize(run())
    const grown = process.memoryUsage().heapUsed - before
    // What the two calls of memoryUsage allocate themselves is below this.
    if (grown >= 0) return grown < 20_000 ? 0 : grown / (runs * operations)
  }
  return Number.NaN
}

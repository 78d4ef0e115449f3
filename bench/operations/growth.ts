/** How long an append pauses when it has to grow a file of 1 GiB, and how much of that is the kernel's allocation. */
import type { NativeOs } from '../../src/os/os.ts'
import { rounded } from '../measure/statistics.ts'
import { timing, type Workbench } from '../measure/workbench.ts'
import { MarketStore } from './records.ts'
import { largeStore, setCount } from './sparse.ts'

const STEPS = 8
const GIB = 2 ** 30

export async function growthOperations(bench: Workbench): Promise<void> {
  const path = bench.path()
  const kernel = await allocationClock(path)
  const full = Math.floor(GIB / MarketStore.definition.layout.recordSizeBytes)
  largeStore(path, full)
  setCount(path, full - 1)
  const pauses: number[] = []
  const allocations: number[] = []
  let records = 0
  for (let step = 0; step < STEPS; step++) {
    // Opened anew, since only the file can be told that all the room it has is taken.
    const store = MarketStore.open(path)
    // The last record that there is room for; a store's first write also opens its wake file.
    store.append()
    const before = store.capacity
    kernel.tookNs = 0
    const began = performance.now()
    store.append()
    pauses.push((performance.now() - began) * 1e6)
    allocations.push(kernel.tookNs)
    const { capacity } = store
    if (capacity <= before) throw new RangeError('the append was to grow the file')
    records += capacity - before
    store.close()
    setCount(path, capacity - 1)
  }
  const rest = pauses.map((pause, step) => pause - (allocations[step] as number))
  const amortised = rounded(pauses.reduce((sum, pause) => sum + pause, 0) / records)
  const rows: [id: string, label: string, times: number[]][] = [
    ['growth-pause', 'append that grows 1 GiB by a step of 64 MiB', pauses],
    ['growth-kernel', "of that, the kernel's allocation of 64 MiB", allocations],
    ['growth-rest', "pause of growth at 1 GiB, besides the kernel's allocation", rest],
    ['growth-amortised', 'growth at 1 GiB, spread over the records it makes room for', [amortised]],
  ]
  for (const [id, label, times] of rows) bench.add({ id, label }, timing('store', times))
}

/** Takes the time of every allocation of the package that is measured, by a wrapper around its native call. */
async function allocationClock(path: string): Promise<{ tookNs: number }> {
  const clock = { tookNs: 0 }
  const module = await import(new URL('./os/native-os.js', import.meta.resolve('mmapforge')).href)
  const os = (module as { nativeOs(path: string): NativeOs }).nativeOs(path)
  const allocateBlocks = os.allocateBlocks.bind(os)
  os.allocateBlocks = (...args) => {
    const began = performance.now()
    allocateBlocks(...args)
    clock.tookNs += (performance.now() - began) * 1e6
  }
  return clock
}

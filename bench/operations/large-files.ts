/** Indices whose bytes lie beyond 8 and 16 GiB: there the arithmetic of an access no longer fits 32 bits. */
import { truncateSync } from 'node:fs'
import { defineStore } from 'mmapforge'
import { looked, loopOver } from '../measure/loops.ts'
import type { Workbench } from '../measure/workbench.ts'
import { MARKET } from './records.ts'
import { COUNT, closeAll, listOf } from './sample-records.ts'
import { setCount } from './sparse.ts'

const GIB = 2 ** 30
const FILE_BYTES = 17 * GIB
const PLACES = [
  { id: '8', label: 'beyond 8 GiB', fromBytes: 8 * GIB },
  { id: '16', label: 'beyond 16 GiB', fromBytes: 16 * GIB },
]
const values = listOf(COUNT, (i) => i * 1.5)

export function largeFileOperations(bench: Workbench): void {
  const path = bench.path()
  const Store = () => defineStore('Market', { version: 1 }, MARKET)
  const { recordSizeBytes } = Store().definition.layout
  Store().create(path).close()
  // All but a few pages of it is a hole, which takes no room.
  truncateSync(path, FILE_BYTES)
  setCount(path, Math.floor((FILE_BYTES - 64) / recordSizeBytes))
  for (const { id, label, fromBytes } of PLACES) {
    // A class for each place: code that has seen great indices computes with wider numbers from then on.
    const open = () => Store().open(path, { writers: 'unlocked' })
    let stores: ReturnType<typeof open>[]
    try {
      stores = [open(), open()]
    } catch (error) {
      console.log(`files of ${FILE_BYTES / GIB} GiB: ${(error as { code?: string }).code}`)
      return
    }
    const [far, near] = stores
    const index = `(index + ${Math.ceil(fromBytes / recordSizeBytes)})`
    bench.compare({
      id: `large-get-${id}`,
      label: `get a float64 field ${label}`,
      ours: loopOver('store', [far], COUNT, { body: looked(`subject.getPrice(${index})`) }),
      baselines: [
        loopOver('at the start of the file', [near], COUNT, { body: looked('subject.getPrice(index)') }),
      ],
    })
    bench.compare({
      id: `large-set-${id}`,
      label: `set a float64 field ${label}`,
      ours: loopOver('store', [far], COUNT, { body: `subject.setPrice(${index}, value)`, values }),
      baselines: [
        loopOver('at the start of the file', [near], COUNT, {
          body: 'subject.setPrice(index, value)',
          values,
        }),
      ],
    })
    const { getPrice } = far as unknown as { getPrice(index: number): number }
    const written = values.filter(
      (_, i) => getPrice.call(far, Math.ceil(fromBytes / recordSizeBytes) + i) > 0,
    )
    if (written.length !== COUNT - 1) throw new RangeError(`not all was written ${label}`)
    closeAll(...stores)
  }
}

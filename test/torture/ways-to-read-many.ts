/** The ways to read many records without an object for each. */
import { everyOf, lanesOf } from './records.ts'
import type { ReadContext, Watches } from './watches.ts'

const READ_COUNT = 1000
const SCANNED_RECORDS = 512

const every = everyOf(1)
const lanes = lanesOf(1)

/** Into one object, again and again. */
export function intoOneObject(watches: Watches, { counts }: ReadContext): void {
  for (let i = 0; i < READ_COUNT; i++) {
    watches.lanes.check(0, watches.lanes.store.getInto(0, lanes), 'getInto(0)')
    watches.every.check(0, watches.every.store.getInto(0, every), 'getInto(0)')
  }
  counts.reads += 2 * READ_COUNT
}

/** Fields of the first records, where the writer is, or of the last, where it appends. */
export function scan({ every: watch }: Watches, { counts, random }: ReadContext): void {
  const length = watch.length()
  const from = random.below(2) === 0 ? 0 : Math.max(0, length - SCANNED_RECORDS)
  const to = Math.min(length, from + SCANNED_RECORDS)
  const fields = ['generation', 'i53', 'short', 'u53'] as const
  watch.store.scan({ fields, from, to }, (generation, i53, short, u53, index) => {
    counts.reads++
    const expected = everyOf(generation)
    if (i53 === expected.i53 && u53 === expected.u53 && short === expected.short) return
    watch.found('torn', `scan at ${index}`, { generation, i53, short, u53 })
  })
}

/** A cursor that stays where it is, each field read by itself. */
export function cursor({ lanes: watch }: Watches, { counts }: ReadContext): void {
  const at = watch.store.cursor().seek(0)
  let last = 0
  for (let i = 0; i < READ_COUNT; i++) {
    const { lane0, lane11 } = at
    // The second was read after the first, so it can't be older.
    if (lane0 < last || lane11 < lane0 + 11) watch.found('backwards', 'cursor at 0', { last, lane0, lane11 })
    last = lane0
  }
  counts.reads += 2 * READ_COUNT
}

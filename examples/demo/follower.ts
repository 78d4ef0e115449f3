/**
 * The second process of the demo: has the store open read-only, and reads records while they are being appended. What it
 * knows of the bars it reads from the mapped file; to its parent it only reports.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BarStore } from './bar.store.ts'
import { describe, EMPTY, type Summary, summarize } from './summary.ts'

/** What it sends: how far it has read, whenever there was something new. */
export interface Report {
  readonly summary: Summary
  /** Records that the file had room for when this process opened it, and has now. */
  readonly capacityAtOpen: number
  readonly capacity: number
}

const POLL_MS = 1

/** Reads on as the store grows, until it holds `rowCount` records. */
async function follow(path: string, rowCount: number): Promise<void> {
  using bars = BarStore.open(path, { readOnly: true })
  const capacityAtOpen = bars.capacity
  let summary: Summary = EMPTY
  report({ summary, capacityAtOpen, capacity: bars.capacity })
  while (summary.rows < rowCount) {
    const { length } = bars
    if (length === summary.rows) {
      await sleep(POLL_MS)
      continue
    }
    summary = summarize(bars.records(summary.rows, length), summary)
    report({ summary, capacityAtOpen, capacity: bars.capacity })
  }
  console.log(`follower ${process.pid}: ${describe(summary)}`)
}

function report(message: Report): void {
  process.send?.(message)
}

// A parent that is gone will append no more.
process.once('disconnect', () => process.exit(1))
const [path = '', rowCount = ''] = process.argv.slice(2)
await follow(path, Number(rowCount))
process.removeAllListeners('disconnect')
process.disconnect()

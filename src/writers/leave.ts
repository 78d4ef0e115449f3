/** Ceasing to be a writer: what the next one may rely on is left behind by whoever is the last to go. */

import { sleepBriefly } from '../protocol/patience.ts'
import type { Opened } from '../store/opening.ts'
import { cleanMark } from './clean-mark.ts'
import { Journal, journalOwner, removeJournal } from './journal.ts'
import { isAnyStuck } from './recovery.ts'

/** More than a file's time needs to be past; only somebody who goes on writing takes longer. */
const MAX_LOOKS = 100

/**
 * Says in the lock file that no record is stuck, and removes the journal, if this is the last writer. The caller releases
 * the lock next, and until then nobody else can become a writer.
 */
export function leaveClean(opened: Opened, recordCount: number): void {
  const { lock, fd, options, realPath } = opened
  if (lock === undefined || fd === undefined) return
  const { slots } = lock
  // An opener that is at work now relies on nothing that is left here.
  const isLast = options.writers === 'one' || (slots.tryBeginSetup() && slots.tryTakeAll())
  if (!isLast) return
  try {
    if (options.writers === 'many' && isAnyoneUnfinished(opened, fd, recordCount)) return
    let mark = cleanMark(fd, recordCount)
    for (let look = 0; mark === undefined && look < MAX_LOOKS; look++) {
      sleepBriefly()
      mark = cleanMark(fd, recordCount)
    }
    if (mark !== undefined) lock.writeMark(mark)
    removeJournal(realPath)
  } catch {
    // The disk may be full: the next opener looks at every record. All that matters is in the file.
  }
}

/** Whether a writer died in a record that nobody has needed since: it is left, and the journal, to the next opener. */
function isAnyoneUnfinished(
  { realPath, region, definition }: Opened,
  fd: number,
  recordCount: number,
): boolean {
  const journal = Journal.open(realPath, journalOwner(fd, definition))
  try {
    region.follow()
    const i32 = new Int32Array(region.buffer)
    return journal === undefined || isAnyStuck(i32, definition.layout.recordSizeBytes, recordCount, journal)
  } finally {
    journal?.close()
  }
}

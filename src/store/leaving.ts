/** Ceasing to be a writer: what the next one may rely on is left behind by whoever is the last to go. */
import { cleanMark } from './clean-mark.ts'
import { removeJournal } from './journal.ts'
import type { Opened } from './opening.ts'

/**
 * Says in the lock file that no record is stuck, and removes the journal, if this is the last writer. The caller releases
 * the lock next, and until then nobody else can become a writer.
 */
export function leaveClean({ lock, fd, options, realPath }: Opened, recordCount: number): void {
  if (lock === undefined || fd === undefined) return
  const { slots } = lock
  // An opener that is at work now relies on nothing that is left here.
  const isLast = options.writers === 'one' || (slots.tryBeginSetup() && slots.tryTakeAll())
  if (!isLast) return
  try {
    lock.writeMark(cleanMark(fd, recordCount))
    removeJournal(realPath)
  } catch {
    // The disk may be full: the next opener looks at every record. All that matters is in the file.
  }
}

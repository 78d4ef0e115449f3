/** Ceasing to be a writer: the last one to close leaves the clean mark for the next opener. */
import { recordCountIn } from '../format/words.ts'
import { isSameFile } from '../os/files.ts'
import { nativeOs } from '../os/native-os.ts'
import { Patience, sleepBriefly } from '../protocol/patience.ts'
import { bootOfMarks, cleanMark } from './clean-mark.ts'
import type { MappedFile } from './join.ts'
import { type Journal, journalOwner, removeJournal } from './journal.ts'
import { isAnyStuck } from './recovery.ts'
import type { Writer } from './writer.ts'
import type { WriterLocks } from './writer-lock.ts'

/** More than it takes until a file's time is past; only a program that goes on writing takes longer. */
const MARK_TIMEOUT_MS = 100

/**
 * Removes the journal and leaves the clean mark, if this is the last writer. The caller releases the lock next; until then
 * nobody else can become a writer.
 *
 * @param isAlone whether the locks exclude every other writer
 */
export function leaveClean(
  file: MappedFile,
  { lock, slots }: WriterLocks,
  { journal }: Writer,
  isAlone: boolean,
): void {
  try {
    // If another store has taken the place of this one, the files there belong to that one.
    if (!isSameFile(file.fd, file.realPath)) return
    // Where an opener is at work, this is not the last writer.
    const isLast = isAlone || (lock.tryBeginSetup() && slots.tryTakeAll())
    if (!isLast) return
    if (!isAlone && isAnyoneUnfinished(file, journal)) return
    // The journal goes first: openers believe a mark only where there is no journal.
    if (journal !== undefined) removeJournal(file.realPath)
    // An unlocked writer that came meanwhile may have died mid-write, and left no trace of it.
    const mark = lock.isMarkTaken() ? markOf(file) : undefined
    if (mark !== undefined) lock.writeMark(mark)
  } catch {
    // The disk may be full, or the locks may fail. Nothing is lost: the next opener looks at every record.
  }
}

/** The mark to leave, if any. Waits until the file's own time is past, so that any later write changes it. */
function markOf({ fd, path, realPath, region }: MappedFile): string | undefined {
  const boot = bootOfMarks(realPath)
  if (boot === undefined) return undefined
  const recordCount = recordCountIn(new Int32Array(region.buffer))
  const patience = new Patience(MARK_TIMEOUT_MS)
  for (;;) {
    const mark = cleanMark(nativeOs(path), fd, boot, recordCount)
    if (mark !== undefined || patience.isOver) return mark
    sleepBriefly()
  }
}

/** Whether a writer died mid-write in a record that nobody has needed since: the next opener mends it by the journal. */
function isAnyoneUnfinished(
  { region, definition, identity }: MappedFile,
  journal: Journal | undefined,
): boolean {
  if (journal?.isIntact(journalOwner(identity, definition)) !== true) return true
  region.follow()
  const i32 = new Int32Array(region.buffer)
  return isAnyStuck(i32, recordCountIn(i32), journal)
}

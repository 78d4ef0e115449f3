/** Ceasing to be a writer: what the next one may rely on is left behind by whoever is the last to go. */
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

/** More than a file's time needs to be past; only somebody who goes on writing takes longer. */
const MARK_TIMEOUT_MS = 100

/**
 * Removes the journal, and says in the lock file that no record is stuck, if this is the last writer. The caller releases
 * the lock next, and until then nobody else can become a writer.
 *
 * @param isAlone whether the locks keep every other writer out
 */
export function leaveClean(
  file: MappedFile,
  { lock, slots }: WriterLocks,
  { journal }: Writer,
  isAlone: boolean,
): void {
  try {
    // What stands beside another store that has taken the place is that one's.
    if (!isSameFile(file.fd, file.realPath)) return
    // An opener that is at work now relies on nothing that is left here.
    const isLast = isAlone || (lock.tryBeginSetup() && slots.tryTakeAll())
    if (!isLast) return
    if (!isAlone && isAnyoneUnfinished(file, journal)) return
    // First the journal: where there is a mark, there is none.
    if (journal !== undefined) removeJournal(file.realPath)
    // An unlocked writer that came meanwhile may have died in a record, which nobody would know.
    const mark = lock.isMarkTaken() ? markOf(file) : undefined
    if (mark !== undefined) lock.writeMark(mark)
  } catch {
    // The disk may be full, the locks may fail: the next opener looks at every record. All that matters is in the file.
  }
}

/** The mark to leave, if any. Waits until the file's own time is past, so that a write from now on shows. */
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

/** Whether a writer died in a record that nobody has needed since: it is left, and the journal, to the next opener. */
function isAnyoneUnfinished(
  { region, definition, identity }: MappedFile,
  journal: Journal | undefined,
): boolean {
  if (journal?.isIntact(journalOwner(identity, definition)) !== true) return true
  region.follow()
  const i32 = new Int32Array(region.buffer)
  return isAnyStuck(i32, definition.layout.recordSizeBytes, recordCountIn(i32), journal)
}

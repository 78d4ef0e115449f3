/** Becoming a writer of a store that is mapped: what dead writers left is mended, and what the writes need is made. */
import { MmapForgeError } from '../errors.ts'
import { COUNT_OFFSET_BYTES } from '../format/header.ts'
import { JOURNAL_SUFFIX } from '../format/journal.ts'
import { sleepBriefly } from '../protocol/patience.ts'
import type { Opened } from '../store/opening.ts'
import { cleanMark } from './clean-mark.ts'
import { Journal, journalOwner, removeJournal } from './journal.ts'
import { counterWordOf, mendAll, type RecoveredRecord } from './recovery.ts'
import { RecordLocks } from './shared-writer.ts'
import { UndoKeeper } from './sole-writer.ts'
import { clearSlot } from './takeover.ts'
import type { RecordPlace, WriteGuard } from './writer.ts'
import type { WriterLock } from './writer-lock.ts'
import { MAX_WRITERS, type WriterSlots } from './writer-slots.ts'

/** A store that is mapped and locked as its options ask for. */
export interface Mapped extends Omit<Opened, 'guard' | 'recovered' | 'fd'> {
  readonly fd: number
}

/** @throws {MmapForgeError} `ERR_LOCKED`, `ERR_CORRUPTED`, `ERR_UNSUPPORTED_VERSION`, `ERR_NO_SPACE` */
export function becomeWriter(mapped: Mapped): Opened {
  const { lock, ...opened } = mapped
  if (lock === undefined) return { ...opened, lock, guard: undefined, recovered: [] }
  switch (mapped.options.writers) {
    case 'one':
      // A creator has begun it.
      lock.slots.endSetup()
      return { ...opened, lock, ...beTheOne(mapped, lock) }
    case 'many':
      return { ...opened, lock, ...beOneOfMany(mapped, lock) }
    case 'unlocked':
      // Without the lock two creators could swap each other's sidecars, so creation takes it whatever the mode.
      lock.release()
      return { ...opened, lock: undefined, guard: undefined, recovered: [] }
  }
}

/** What {@link becomeWriter} adds. */
type Writership = Pick<Opened, 'guard' | 'recovered'>

function beTheOne(mapped: Mapped, lock: WriterLock): Writership {
  const recovered = recover(mapped, lock)
  removeJournal(mapped.realPath)
  const owner = journalOwner(mapped.fd, mapped.definition)
  const guard = mapped.options.journal ? new UndoKeeper(mapped.realPath, owner, recovered) : undefined
  return { guard, recovered }
}

function beOneOfMany(mapped: Mapped, lock: WriterLock): Writership {
  const { slots } = lock
  const { path, options } = mapped
  waitForSetup(slots, path, options.stallTimeoutMs)
  try {
    // A creator has it exclusive up to here, and lets go of it for a moment, in which another creator may look in.
    waitUntil(
      () => lock.share(),
      options.stallTimeoutMs,
      () => new MmapForgeError('ERR_LOCKED', 'a writer that is to be the only one came first', { path }),
    )
    return slots.tryTakeAll() ? beTheFirst(mapped, lock) : beAnother(mapped, lock)
  } finally {
    slots.endSetup()
  }
}

/** Nobody else writes: what is stuck is mended at once, and the journal made anew. */
function beTheFirst(mapped: Mapped, lock: WriterLock): Writership {
  const recovered = recover(mapped, lock)
  const journal = Journal.create(mapped.realPath, journalOwner(mapped.fd, mapped.definition))
  return closingOnError(journal, () => {
    journal.ensureSlot(0)
    lock.slots.keepOnly(0)
    return { guard: guardOf(mapped, lock, journal, 0, recovered), recovered }
  })
}

/** Others are at work: what a dead one left is mended when somebody needs it, or its slot. */
function beAnother(mapped: Mapped, lock: WriterLock): Writership {
  const { realPath, fd, definition, path } = mapped
  const journal = Journal.open(realPath, journalOwner(fd, definition))
  if (journal === undefined) {
    throw new MmapForgeError(
      'ERR_CORRUPTED',
      'the journal of the writers that have the store open is gone or damaged; close the store everywhere, then open it anew',
      { path: path + JOURNAL_SUFFIX },
    )
  }
  return closingOnError(journal, () => {
    const recovered: RecoveredRecord[] = []
    const slot = claimSlot(mapped, lock.slots, journal, recovered)
    return { guard: guardOf(mapped, lock, journal, slot, recovered), recovered }
  })
}

function guardOf(
  { path, options }: Mapped,
  { slots }: WriterLock,
  journal: Journal,
  slot: number,
  recovered: RecoveredRecord[],
): WriteGuard {
  return new RecordLocks(journal, slots, slot, { path, stallTimeoutMs: options.stallTimeoutMs, recovered })
}

function claimSlot(
  mapped: Mapped,
  slots: WriterSlots,
  journal: Journal,
  recovered: RecoveredRecord[],
): number {
  for (let slot = 0; slot < MAX_WRITERS; slot++) {
    if (!slots.tryTake(slot)) continue
    journal.ensureSlot(slot)
    // Only now that its owner is known to be dead: it may have been at a record that was appended a moment ago.
    if (clearSlot(journal, slots, slot, placesOf(mapped), recovered)) return slot
    slots.giveBack(slot)
  }
  throw new MmapForgeError(
    'ERR_LOCKED',
    `${MAX_WRITERS} writers have the store open, and there is no room for more; close it somewhere`,
    { path: mapped.path },
  )
}

/** Where records stand, as far as they are counted now. */
function placesOf({ region, definition }: Mapped): (index: number) => RecordPlace | undefined {
  region.follow()
  const i32 = new Int32Array(region.buffer)
  const { recordSizeBytes } = definition.layout
  const count = countIn(i32)
  return (index) =>
    index < count ? { i32, counter: counterWordOf(index, recordSizeBytes), index } : undefined
}

/** The count of records in the header. */
function countIn(i32: Int32Array): number {
  return (i32[COUNT_OFFSET_BYTES / i32.BYTES_PER_ELEMENT] as number) >>> 0
}

/**
 * Mends what dead writers left mid-write, unless the lock file says that the last one closed the store. The caller is the
 * only writer.
 */
function recover({ region, fd, definition, realPath }: Mapped, lock: WriterLock): RecoveredRecord[] {
  // Others may have appended between the first look at the file and the lock.
  region.follow()
  const i32 = new Int32Array(region.buffer)
  const recordCount = countIn(i32)
  if (lock.takeMark() === cleanMark(fd, recordCount)) return []
  const journal = Journal.open(realPath, journalOwner(fd, definition))
  try {
    return mendAll(i32, definition.layout.recordSizeBytes, recordCount, journal)
  } finally {
    journal?.close()
  }
}

function waitForSetup(slots: WriterSlots, path: string, timeoutMs: number): void {
  const busy = (): MmapForgeError =>
    new MmapForgeError(
      'ERR_LOCKED',
      `another writer has been opening or closing the store for over ${timeoutMs} ms; try again`,
      { path },
    )
  waitUntil(() => slots.tryBeginSetup(), timeoutMs, busy)
}

function waitUntil(isDone: () => boolean, timeoutMs: number, late: () => MmapForgeError): void {
  const began = performance.now()
  while (!isDone()) {
    if (performance.now() - began > timeoutMs) throw late()
    sleepBriefly()
  }
}

function closingOnError<T>(journal: Journal, use: () => T): T {
  try {
    return use()
  } catch (error) {
    journal.close()
    throw error
  }
}

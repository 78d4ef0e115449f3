/** Becoming a writer of a mapped store: mends what dead writers left, and makes what writes need. */
import { MmapForgeError } from '../errors.ts'
import { JOURNAL_SUFFIX } from '../format/journal.ts'
import { MAX_WRITERS } from '../format/lock.ts'
import { counterWordOf, recordCountIn, WORD_BYTES } from '../format/words.ts'
import { removeIfThere } from '../os/files.ts'
import { nativeOs } from '../os/native-os.ts'
import type { Identity } from '../os/os.ts'
import { type UndoStack, undoing } from '../os/undo.ts'
import { waitUntil } from '../protocol/patience.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import type { Region } from '../region/region.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import { bootOfMarks, cleanMark } from './clean-mark.ts'
import { Journal, journalOwner, removeJournal } from './journal.ts'
import { clearBeyond, type RecoveredRecord, recoverRecords } from './recovery.ts'
import { SharedWriter } from './shared-writer.ts'
import { SoleWriter } from './sole-writer.ts'
import { clearSlot } from './takeover.ts'
import { Unguarded } from './unguarded.ts'
import type { Writer } from './writer.ts'
import { atWork, type WriterLock, type WriterLocks } from './writer-lock.ts'

/** A store's file, mapped. */
export interface MappedFile {
  readonly definition: StoreDefinition
  /** As the user named it, for messages. */
  readonly path: string
  /** The path that the sidecars stand beside: `path` may be a symbolic link. */
  readonly realPath: string
  readonly region: Region
  readonly fd: number
  /** Of the open file. */
  readonly identity: Identity
  /** Whether this opening created the file. */
  readonly isNew?: boolean
}

export interface WriterOptions {
  readonly journal: boolean
  readonly stallTimeoutMs: number
  /** How long to wait for other writers that are opening or closing the store. */
  readonly joinTimeoutMs: number
}

/** What joining gives a store: its locks, its writer, and the records mended so far. */
export interface Membership {
  readonly locks: WriterLocks | undefined
  readonly writer: Writer
  /** Grows when the writer mends a record. */
  readonly recovered: readonly RecoveredRecord[]
}

/** For a store whose caller guarantees that nobody else writes, or that does not write at all. */
export function joinUnguarded(): Membership {
  return { locks: undefined, writer: new Unguarded(), recovered: [] }
}

/** The only writer: it holds the locks on all slots of the file. */
export function joinAlone(file: MappedFile, locks: WriterLocks, { journal }: WriterOptions): Membership {
  // A creator has begun the setup.
  if (file.isNew === true) locks.lock.endSetup()
  const recovered = recover(file, locks.lock)
  const solitude = { recovered, isUndisturbed: () => locks.lock.isMarkTaken() }
  const writer = journal
    ? new SoleWriter(file.realPath, journalOwner(file.identity, file.definition), solitude)
    : new Unguarded(solitude)
  return { locks, writer, recovered }
}

/**
 * One of many.
 *
 * @throws {MmapForgeError} `ERR_LOCKED`, `ERR_CORRUPTED`, `ERR_UNSUPPORTED_VERSION`, `ERR_NO_SPACE`
 */
export function joinMany(file: MappedFile, locks: WriterLocks, options: WriterOptions): Membership {
  const { lock, slots } = locks
  const { path } = file
  const { joinTimeoutMs } = options
  waitUntil(
    () => lock.tryBeginSetup(),
    joinTimeoutMs,
    () => atWork(path, joinTimeoutMs),
  )
  return undoing((undo) => {
    undo.push(() => lock.endSetup())
    // A creator holds it exclusively until now. Changing its kind releases it for a moment, in which another creator may
    // take it.
    waitUntil(
      () => lock.share(),
      joinTimeoutMs,
      () => new MmapForgeError('ERR_LOCKED', 'a writer that is to be the only one came first', { path }),
    )
    const join = slots.tryTakeAll() ? joinFirst : joinOthers
    const membership = join(file, locks, options, undo)
    lock.endSetup()
    return membership
  })
}

/** Nobody else writes: mends every stuck record now, and makes a new journal. */
function joinFirst(
  file: MappedFile,
  locks: WriterLocks,
  options: WriterOptions,
  undo: UndoStack,
): Membership {
  const recovered = recover(file, locks.lock)
  const journal = Journal.create(file.realPath, journalOwner(file.identity, file.definition))
  undo.push(() => removeIfThere(file.realPath + JOURNAL_SUFFIX))
  undo.push(() => journal.close())
  locks.slots.useJournal(journal.id)
  locks.slots.keepOnly(0)
  return sharedMembership(file, locks, options, journal, 0, recovered)
}

/** Other writers are at work: what a dead one left is mended when a writer needs the record, or the slot. */
function joinOthers(
  file: MappedFile,
  locks: WriterLocks,
  options: WriterOptions,
  undo: UndoStack,
): Membership {
  const journal = Journal.open(file.realPath, journalOwner(file.identity, file.definition))
  if (journal === undefined) throw withoutJournal(file, locks)
  undo.push(() => journal.close())
  locks.slots.useJournal(journal.id)
  const recovered: RecoveredRecord[] = []
  const slot = claimSlot(file, locks, journal, recovered)
  return sharedMembership(file, locks, options, journal, slot, recovered)
}

function sharedMembership(
  { path }: MappedFile,
  locks: WriterLocks,
  { stallTimeoutMs }: WriterOptions,
  journal: Journal,
  slot: number,
  recovered: RecoveredRecord[],
): Membership {
  const writer = new SharedWriter(journal, slot, { locks, path, stallTimeoutMs, recovered })
  return { locks, writer, recovered }
}

function claimSlot(
  file: MappedFile,
  { slots }: WriterLocks,
  journal: Journal,
  recovered: RecoveredRecord[],
): number {
  for (let slot = 0; slot < MAX_WRITERS; slot++) {
    // Looks again once it holds a slot: from then on no writer can become the first of another journal.
    const isTaken = slots.tryTake(slot)
    if (slots.isAnyElsewhere()) throw lockedElsewhere(file.path)
    if (!isTaken) continue
    journal.ensureSlot(slot)
    // Counts the records only now that the owner is known to be dead: it may have been writing one that was just appended.
    if (clearSlot(journal, slots, slot, placesOf(file), recovered)) return slot
    slots.giveBack(slot)
  }
  throw new MmapForgeError(
    'ERR_LOCKED',
    `${MAX_WRITERS} writers have the store open, and there is no room for more; close it somewhere`,
    { path: file.path },
  )
}

/** Other writers have the store open, but their journal is not where this writer looks for it. */
function withoutJournal({ path }: MappedFile, { lock }: WriterLocks): MmapForgeError {
  if (lock.isAlone()) return lockedElsewhere(path)
  return new MmapForgeError(
    'ERR_CORRUPTED',
    'the journal of the writers that have the store open is gone or damaged; close the store everywhere, then open it anew',
    { path: path + JOURNAL_SUFFIX },
  )
}

/** Refuses a writer that opens the file by another name than the writers that have it open. */
export function lockedElsewhere(path: string): MmapForgeError {
  return new MmapForgeError(
    'ERR_LOCKED',
    'a writer has the store open by another name of its file (a hard link, a name it had before, a mount of the file ' +
      'without its folder); open it by that name, close it there first, or open with readOnly: true',
    { path },
  )
}

/** Finds the places of the records that are counted now. */
function placesOf({ region, definition }: MappedFile): (index: number) => RecordPlace | undefined {
  region.follow()
  const i32 = new Int32Array(region.buffer)
  const { recordSizeBytes } = definition.layout
  const count = recordCountIn(i32)
  return (index) =>
    index < count ? { i32, counter: counterWordOf(index, recordSizeBytes), index } : undefined
}

/**
 * Mends what dead writers left mid-write, unless the clean mark says that there is nothing to mend. The caller is the only
 * writer.
 */
function recover(file: MappedFile, lock: WriterLock): RecoveredRecord[] {
  const { realPath, identity, definition } = file
  const journal = Journal.open(realPath, journalOwner(identity, definition))
  let recovered: RecoveredRecord[]
  try {
    const mark = lock.takeMark()
    // A writer removes the journal before it leaves a mark: a mark beside a journal is out of date.
    if (journal === undefined && mark === currentMark(file)) return []
    recovered = recoverAll(file, journal)
  } finally {
    journal?.close()
  }
  removeJournal(realPath)
  return recovered
}

/** The mark that describes the file as it is now, if one can. */
function currentMark({ fd, path, realPath, region, definition }: MappedFile): string | undefined {
  const boot = bootOfMarks(realPath)
  if (boot === undefined) return undefined
  const recordCount = recordCountIn(new Int32Array(region.buffer))
  // Other writers may have appended between the mapping of the file and the lock.
  const endBytes = counterWordOf(recordCount, definition.layout.recordSizeBytes) * WORD_BYTES
  if (endBytes > region.sizeBytes) region.follow()
  return cleanMark(nativeOs(path), fd, boot, recordCount)
}

function recoverAll(
  { region, definition, isNew }: MappedFile,
  journal: Journal | undefined,
): RecoveredRecord[] {
  // A writer may have grown the file and died before it counted what it appended.
  region.follow()
  const i32 = new Int32Array(region.buffer)
  const recordCount = recordCountIn(i32)
  const { recordSizeBytes } = definition.layout
  if (!isNew) clearBeyond(i32, recordSizeBytes, recordCount, region.sizeBytes)
  return recoverRecords(i32, recordSizeBytes, recordCount, journal)
}

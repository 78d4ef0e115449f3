/** The journal of a store, mapped: each slot names the record that its writer is writing, and keeps what it held before. */
import { randomInt } from 'node:crypto'
import { closeSync, existsSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import {
  APPENDER_OFFSET_BYTES,
  encodeJournalHeader,
  HAS_IMAGE,
  isJournalOf,
  JOURNAL_FILE,
  JOURNAL_SUFFIX,
  type JournalOwner,
  journalIdIn,
  NO_IMAGE,
  slotCountOf,
  slotOffsetBytes,
} from '../format/journal.ts'
import { JOURNAL_IDS } from '../format/lock.ts'
import { COUNTER_WORDS, counterWordOf, WORD_BYTES } from '../format/words.ts'
import { O_RDWR, readStart, removeIfThere } from '../os/files.ts'
import type { Identity } from '../os/os.ts'
import { OWNER_ONLY, type Permissions, permissionsOf } from '../os/permissions.ts'
import { assertPlaceable, openSidecarIfThere, placeSidecar, removeSidecar } from '../os/sidecars.ts'
import { isSystemError } from '../os/system-error.ts'
import { undoing } from '../os/undo.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import { storeShared } from '../protocol/seqlock.ts'
import type { ReservedRange } from '../region/address-range.ts'
import { MappedRegion } from '../region/mapped-region.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import {
  areImagesWhole,
  copyWords,
  SLOT_HIGH as HIGH,
  SLOT_IMAGE as IMAGE,
  SLOT_INDEX as INDEX,
  SLOT_LOW as LOW,
  SLOT_PART_LENGTH as PART_LENGTH,
  SLOT_PART_START as PART_START,
  SLOT_STATE as STATE,
  wholePart,
} from './slot.ts'

export const APPENDER_WORD = APPENDER_OFFSET_BYTES / WORD_BYTES

const PAGE_BYTES = 4096
/** Address space for the slots of many writers; a journal that outgrows it moves to a larger range. */
const RESERVED_BYTES = 2 ** 20

/** Identifies the store that a journal belongs to by its file, not by its name. */
export function journalOwner({ dev, ino }: Identity, { hash, layout }: StoreDefinition): JournalOwner {
  return { device: dev, inode: ino, schemaHash: hash, recordSizeBytes: layout.recordSizeBytes }
}

/** Throws if the file in the journal's place is not a journal of any store, before anything is changed. */
export function assertJournal(storePath: string): void {
  assertPlaceable(storePath + JOURNAL_SUFFIX, JOURNAL_FILE)
}

export function removeJournal(storePath: string): void {
  removeSidecar(storePath + JOURNAL_SUFFIX, JOURNAL_FILE)
}

/** In every method the slot's base comes first, then the place of the record, then the part of the record. */
export class Journal {
  /** Differs from the id of any other journal that this store has or had. */
  readonly id: number
  /** The journal as words; replaced when it outgrows its range. */
  words: Int32Array
  readonly #path: string
  readonly #region: MappedRegion
  readonly recordSizeBytes: number
  #fence: number

  /** Maps the journal of a store; undefined if there is none, or if it belongs to another store. */
  static open(storePath: string, owner: JournalOwner): Journal | undefined {
    const path = storePath + JOURNAL_SUFFIX
    const fd = openSidecarIfThere(path, O_RDWR, JOURNAL_FILE)
    if (fd === undefined) return undefined
    const id = idIfOurs(fd, owner, path)
    if (id !== undefined) return new Journal(fd, path, owner, id)
    closeSync(fd)
    return undefined
  }

  /**
   * Makes a journal with room for one slot, which atomically replaces any old one; a process that has mapped the old
   * journal keeps it.
   *
   * @param range where to map it, if it has room
   * @throws {MmapForgeError} `ERR_NO_SPACE`, `ERR_READ_ONLY`, `ERR_REPLACED`
   */
  static create(storePath: string, owner: JournalOwner, range?: ReservedRange): Journal {
    const path = storePath + JOURNAL_SUFFIX
    const id = randomInt(JOURNAL_IDS)
    return undoing((undo) => {
      // With its first slot, if that is small: writing a page takes less time than growing a file.
      const content = new Uint8Array(Math.min(PAGE_BYTES, slotOffsetBytes(1, owner.recordSizeBytes)))
      content.set(encodeJournalHeader(owner, id))
      const fd = place(path, content, permissionsBeside(storePath, owner))
      undo.push(() => removeIfThere(path))
      const journal = new Journal(fd, path, owner, id, range)
      undo.push(() => journal.close())
      journal.ensureSlot(0)
      return journal
    })
  }

  private constructor(
    fd: number,
    path: string,
    { recordSizeBytes }: JournalOwner,
    id: number,
    range?: ReservedRange,
  ) {
    this.id = id
    this.#path = path
    this.#region = new MappedRegion(fd, path, { readOnly: false, reserveBytes: RESERVED_BYTES, range })
    this.recordSizeBytes = recordSizeBytes
    this.words = new Int32Array(this.#region.buffer)
    this.#fence = this.#region.fenceOffsetBytes / WORD_BYTES
  }

  /** Slots that the file has room for, whether they are in use or not; other writers may have added some. */
  get slotCount(): number {
    if (this.#region.follow()) this.#adopt()
    return slotCountOf(this.#region.sizeBytes, this.recordSizeBytes)
  }

  /**
   * Whether its header is still the one that it was made with: other programs can write to the file.
   *
   * @throws {MmapForgeError} `ERR_UNSUPPORTED_VERSION`; `ERR_CORRUPTED` where it was cut short
   */
  isIntact(owner: JournalOwner): boolean {
    if (this.#region.follow()) this.#adopt()
    const head = new Uint8Array(this.words.buffer, 0, slotOffsetBytes(0, this.recordSizeBytes))
    return isJournalOf(head, owner, this.#path) && journalIdIn(head) === this.id
  }

  /** Makes room for a slot. */
  ensureSlot(slot: number): void {
    if (this.#region.grow(slotOffsetBytes(slot + 1, this.recordSizeBytes))) this.#adopt()
  }

  #adopt(): void {
    this.words = new Int32Array(this.#region.buffer)
    this.#fence = this.#region.fenceOffsetBytes / WORD_BYTES
  }

  /** The words from a slot's first on, which stay valid even if the journal outgrows its range. */
  slotWords(base: number): Int32Array {
    return this.words.subarray(base)
  }

  /** The word that says who appends, and the index of a fence word behind it. */
  appenderWords(): { readonly appender: Int32Array; readonly appenderFence: number } {
    return { appender: this.words.subarray(APPENDER_WORD), appenderFence: this.#fence - APPENDER_WORD }
  }

  /** Index in `words` of the first word of a slot. */
  baseOf(slot: number): number {
    return slotOffsetBytes(slot, this.recordSizeBytes) / WORD_BYTES
  }

  /** Stores a word after all earlier stores. */
  store(word: number, value: number): void {
    storeShared(this.words, word, value, this.#fence)
  }

  /** Gets a slot ready for its writer, and clears what a dead owner left there. */
  reset(base: number): void {
    this.clear(base)
    const { start, length } = wholePart(this.recordSizeBytes)
    this.words[base + PART_START] = start
    this.words[base + PART_LENGTH] = length
  }

  /**
   * Makes a slot name a record, with the odd counter that it is about to have, before the caller takes the record.
   *
   * @param low the low half of that counter, `high` its other half
   */
  name(base: number, index: number, low: number, high: number): void {
    const { words } = this
    // The slot names nothing at first, so that no survivor reads half of the old name and half of the new one.
    words[base + LOW] = 0
    words[base + STATE] = NO_IMAGE
    words[base + INDEX] = index
    words[base + HIGH] = high
    this.store(base + LOW, low)
  }

  /** Makes a slot name no record. */
  clear(base: number): void {
    this.store(base + STATE, NO_IMAGE)
    this.store(base + LOW, 0)
  }

  /** The index of the record that a slot names, written or not; undefined for none. */
  namedIndex(base: number): number | undefined {
    const { words } = this
    return ((words[base + LOW] as number) & 1) === 0 ? undefined : (words[base + INDEX] as number) >>> 0
  }

  /** The record that a slot names as being written; undefined for none. */
  writtenPlace(base: number, i32: Int32Array): RecordPlace | undefined {
    const index = this.namedIndex(base)
    if (index === undefined) return undefined
    const place = { i32, counter: counterWordOf(index, this.recordSizeBytes), index }
    return this.names(base, place) ? place : undefined
  }

  /** Whether a slot names a record as being written under the counter that it has now. */
  names(base: number, { i32, counter, index }: RecordPlace): boolean {
    const { words } = this
    const low = words[base + LOW] as number
    if ((low & 1) === 0 || low !== i32[counter] || this.namedIndex(base) !== index) return false
    return words[base + HIGH] === i32[counter + 1]
  }

  /** Whether a slot has an image, and of words that a record has; the counter is never part of an image. */
  hasImage(base: number): boolean {
    const { words } = this
    if (words[base + STATE] !== HAS_IMAGE) return false
    const start = (words[base + PART_START] as number) >>> 0
    const end = start + ((words[base + PART_LENGTH] as number) >>> 0)
    return start >= COUNTER_WORDS && end <= this.recordSizeBytes / WORD_BYTES
  }

  /**
   * Makes a slot name a record that is about to be written, and keeps an image of part of it. The slot must not name a
   * stuck record.
   */
  keepNamedImage(
    base: number,
    i32: Int32Array,
    counter: number,
    index: number,
    partStart: number,
    partLength: number,
  ): void {
    const { words } = this
    // First it names nothing: if an exhausted stack cuts this short, nothing later seems to be named with this image.
    this.clear(base)
    this.#copyPart(base, i32, counter, partStart, partLength)
    words[base + STATE] = HAS_IMAGE
    words[base + INDEX] = index
    words[base + HIGH] = i32[counter + 1] as number
    this.store(base + LOW, (i32[counter] as number) | 1)
  }

  /** Keeps an image of part of a record that the slot already names. */
  keepImage(base: number, i32: Int32Array, counter: number, partStart: number, partLength: number): void {
    this.#copyPart(base, i32, counter, partStart, partLength)
    this.store(base + STATE, HAS_IMAGE)
  }

  /** Always copies the whole of a small record: for those, generated code relies on the part that `reset` stored. */
  #copyPart(base: number, i32: Int32Array, counter: number, partStart: number, partLength: number): void {
    const { words, recordSizeBytes } = this
    const { start, length } = areImagesWhole(recordSizeBytes)
      ? wholePart(recordSizeBytes)
      : { start: partStart, length: partLength }
    copyWords(i32, counter + start, words, base + IMAGE, length)
    words[base + PART_START] = start
    words[base + PART_LENGTH] = length
  }

  /** Puts the image of a slot back into its record. */
  restoreImage(base: number, i32: Int32Array, counter: number): void {
    const { words } = this
    const start = words[base + PART_START] as number
    copyWords(words, base + IMAGE, i32, counter + start, words[base + PART_LENGTH] as number)
  }

  close(): void {
    this.#region.close()
  }
}

/**
 * Whoever may use the store may use its journal.
 *
 * @throws {MmapForgeError} `ERR_REPLACED` where another file has taken the store's place: the journal there is that one's
 */
function permissionsBeside(storePath: string, owner: JournalOwner): Permissions {
  const permissions = permissionsOf(storePath, owner)
  if (permissions !== undefined) return permissions
  if (!existsSync(storePath)) return OWNER_ONLY
  const message =
    'another file has taken the place of the store, so that there is none for its journal; close the store and open it again'
  throw new MmapForgeError('ERR_REPLACED', message, { path: storePath })
}

/** The id of a file if it is the journal of this store; closes the file if it throws. */
function idIfOurs(fd: number, owner: JournalOwner, path: string): number | undefined {
  return undoing((undo) => {
    undo.push(() => closeSync(fd))
    const head = readStart(fd, slotOffsetBytes(0, owner.recordSizeBytes))
    return isJournalOf(head, owner, path) ? journalIdIn(head) : undefined
  })
}

/** Gives the journal the store's permissions, since it holds content of the store. */
function place(path: string, content: Uint8Array, permissions: Permissions): number {
  try {
    return placeSidecar(path, content, JOURNAL_FILE, { isDurable: false, permissions })
  } catch (cause) {
    throw explain(cause, path)
  }
}

function explain(cause: unknown, path: string): unknown {
  if (isSystemError(cause, 'EACCES', 'EROFS', 'EPERM')) {
    const message =
      'the journal, which undoes what a dead writer left half-written, cannot be made; change the permissions of its ' +
      'folder, or open the store with readOnly: true, or as the one writer with journal: false'
    return new MmapForgeError('ERR_READ_ONLY', message, { path, cause })
  }
  return cause
}

/** The journal of a store, mapped: slots that name the record a writer is at, and keep what it held before. */
import { randomInt } from 'node:crypto'
import { closeSync, fstatSync } from 'node:fs'
import { MmapForgeError } from '../errors.ts'
import {
  APPENDER_OFFSET_BYTES,
  COUNTER_HIGH_OFFSET_BYTES,
  COUNTER_LOW_OFFSET_BYTES,
  encodeJournalHeader,
  HAS_IMAGE,
  IMAGE_OFFSET_BYTES,
  IMAGE_STATE_OFFSET_BYTES,
  INDEX_OFFSET_BYTES,
  isJournalOf,
  JOURNAL_FILE,
  JOURNAL_SUFFIX,
  type JournalOwner,
  journalIdIn,
  NO_IMAGE,
  PART_LENGTH_OFFSET_BYTES,
  PART_START_OFFSET_BYTES,
  slotCountOf,
  slotOffsetBytes,
} from '../format/journal.ts'
import { JOURNAL_IDS } from '../format/lock.ts'
import { COUNTER_WORDS, WORD_BYTES } from '../format/words.ts'
import { O_RDWR, readStart, removeIfThere } from '../os/files.ts'
import { OWNER_ONLY, type Permissions, permissionsOf } from '../os/permissions.ts'
import { assertPlaceable, openSidecarIfThere, placeSidecar, removeSidecar } from '../os/sidecars.ts'
import { isSystemError } from '../os/system-error.ts'
import { undoing } from '../os/undo.ts'
import type { RecordPlace } from '../protocol/record-place.ts'
import { storeShared } from '../protocol/seqlock.ts'
import { MappedRegion } from '../region/mapped-region.ts'
import type { StoreDefinition } from '../schema/definition.ts'

const STATE = IMAGE_STATE_OFFSET_BYTES / WORD_BYTES
const INDEX = INDEX_OFFSET_BYTES / WORD_BYTES
const LOW = COUNTER_LOW_OFFSET_BYTES / WORD_BYTES
const HIGH = COUNTER_HIGH_OFFSET_BYTES / WORD_BYTES
const PART_START = PART_START_OFFSET_BYTES / WORD_BYTES
const PART_LENGTH = PART_LENGTH_OFFSET_BYTES / WORD_BYTES
const IMAGE = IMAGE_OFFSET_BYTES / WORD_BYTES
export const APPENDER_WORD = APPENDER_OFFSET_BYTES / WORD_BYTES

/** Longest image, in words, that is copied faster in a loop than natively. */
const LOOP_MAX_WORDS = 64
/** Address space for the slots; a journal that needs more moves to a larger range. */
const RESERVED_BYTES = 2 ** 20

/** Says whose journal it is: the very file that is open, not its name. */
export function journalOwner(fd: number, { hash, layout }: StoreDefinition): JournalOwner {
  const { dev, ino } = fstatSync(fd, { bigint: true })
  return { device: dev, inode: ino, schemaHash: hash, recordSizeBytes: layout.recordSizeBytes }
}

/** Refuses what is no journal of any store, in the place of one, before anything is changed. */
export function assertJournal(storePath: string): void {
  assertPlaceable(storePath + JOURNAL_SUFFIX, JOURNAL_FILE)
}

export function removeJournal(storePath: string): void {
  removeSidecar(storePath + JOURNAL_SUFFIX, JOURNAL_FILE)
}

/** In every method the slot's base comes first, then the place of the record, then the part of it. */
export class Journal {
  /** Tells it from any other that this store has or had. */
  readonly id: number
  /** The journal as words; replaced when it outgrows its range. */
  words: Int32Array
  readonly #region: MappedRegion
  readonly #recordSizeBytes: number
  #fence: number

  /** Maps the journal of a store; undefined where there is none, or one that is not this store's. */
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
   * Makes a journal with room for one slot in place of any other: whoever looks finds the old one or the new one, and who
   * has mapped the old one keeps it.
   *
   * @throws {MmapForgeError} `ERR_NO_SPACE`, `ERR_READ_ONLY`
   */
  static create(storePath: string, owner: JournalOwner, slot: number): Journal {
    const path = storePath + JOURNAL_SUFFIX
    const id = randomInt(JOURNAL_IDS)
    return undoing((undo) => {
      const fd = place(path, encodeJournalHeader(owner, id), permissionsOf(storePath, owner) ?? OWNER_ONLY)
      undo.push(() => removeIfThere(path))
      const journal = new Journal(fd, path, owner, id)
      undo.push(() => journal.close())
      journal.ensureSlot(slot)
      return journal
    })
  }

  private constructor(fd: number, path: string, { recordSizeBytes }: JournalOwner, id: number) {
    this.id = id
    this.#region = new MappedRegion(fd, path, { readOnly: false, reserveBytes: RESERVED_BYTES })
    this.#recordSizeBytes = recordSizeBytes
    this.words = new Int32Array(this.#region.buffer)
    this.#fence = this.#region.fenceOffsetBytes / WORD_BYTES
  }

  /** Slots that the file has room for, whether they are in use or not; others may have added some. */
  get slotCount(): number {
    if (this.#region.follow()) this.#adopt()
    return slotCountOf(this.#region.sizeBytes, this.#recordSizeBytes)
  }

  /** Makes room for a slot. */
  ensureSlot(slot: number): void {
    if (this.#region.grow(slotOffsetBytes(slot + 1, this.#recordSizeBytes))) this.#adopt()
  }

  #adopt(): void {
    this.words = new Int32Array(this.#region.buffer)
    this.#fence = this.#region.fenceOffsetBytes / WORD_BYTES
  }

  /** Index in `words` of the first word of a slot. */
  baseOf(slot: number): number {
    return slotOffsetBytes(slot, this.#recordSizeBytes) / WORD_BYTES
  }

  /** Stores a word after everything that was stored before it. */
  store(word: number, value: number): void {
    storeShared(this.words, word, value, this.#fence)
  }

  /**
   * Has a slot name a record that is about to be written, of which it keeps no image yet. What the caller does next must
   * keep its order: a compare-and-swap, or an image.
   *
   * @param low the odd counter that the record will have, `high` its other half
   */
  name(base: number, index: number, low: number, high: number): void {
    const { words } = this
    // First it names nothing, so that no survivor takes one half of a name for another's.
    words[base + LOW] = 0
    words[base + STATE] = NO_IMAGE
    words[base + INDEX] = index
    words[base + HIGH] = high
    words[base + LOW] = low
  }

  /** Has a slot name nothing. */
  clear(base: number): void {
    this.store(base + STATE, NO_IMAGE)
    this.store(base + LOW, 0)
  }

  /** The record that a slot names, written or not; undefined for none. */
  namedIndex(base: number): number | undefined {
    const { words } = this
    return ((words[base + LOW] as number) & 1) === 0 ? undefined : (words[base + INDEX] as number) >>> 0
  }

  /** Whether a slot names a record as being written under the counter that it has now. */
  names(base: number, { i32, counter, index }: RecordPlace): boolean {
    const { words } = this
    const low = words[base + LOW] as number
    if ((low & 1) === 0 || low !== i32[counter] || this.namedIndex(base) !== index) return false
    return words[base + HIGH] === i32[counter + 1]
  }

  /** Whether a slot has an image, of words that a record has; the counter is never one of them. */
  hasImage(base: number): boolean {
    const { words } = this
    if (words[base + STATE] !== HAS_IMAGE) return false
    const start = (words[base + PART_START] as number) >>> 0
    const end = start + ((words[base + PART_LENGTH] as number) >>> 0)
    return start >= COUNTER_WORDS && end <= this.#recordSizeBytes / WORD_BYTES
  }

  /**
   * Has a slot name a record that is about to be written, and keeps an image of part of it; for a slot that names nothing
   * that is stuck.
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
    copyWords(i32, counter + partStart, words, base + IMAGE, partLength)
    words[base + STATE] = HAS_IMAGE
    words[base + PART_START] = partStart
    words[base + PART_LENGTH] = partLength
    words[base + INDEX] = index
    words[base + HIGH] = i32[counter + 1] as number
    this.store(base + LOW, (i32[counter] as number) | 1)
  }

  /** Keeps an image of part of a record that the slot names already. */
  keepImage(base: number, i32: Int32Array, counter: number, partStart: number, partLength: number): void {
    const { words } = this
    copyWords(i32, counter + partStart, words, base + IMAGE, partLength)
    words[base + PART_START] = partStart
    words[base + PART_LENGTH] = partLength
    this.store(base + STATE, HAS_IMAGE)
  }

  /** Puts back what the image of a slot holds. */
  restoreImage(base: number, i32: Int32Array, counter: number): void {
    const { words } = this
    const start = words[base + PART_START] as number
    copyWords(words, base + IMAGE, i32, counter + start, words[base + PART_LENGTH] as number)
  }

  close(): void {
    this.#region.close()
  }
}

function copyWords(from: Int32Array, fromWord: number, to: Int32Array, toWord: number, count: number): void {
  if (count > LOOP_MAX_WORDS) to.set(from.subarray(fromWord, fromWord + count), toWord)
  else for (let i = 0; i < count; i++) to[toWord + i] = from[fromWord + i] as number
}

/** The id of a file that is the journal of this store; closes it where that can't be told. */
function idIfOurs(fd: number, owner: JournalOwner, path: string): number | undefined {
  return undoing((undo) => {
    undo.push(() => closeSync(fd))
    const head = readStart(fd, slotOffsetBytes(0, owner.recordSizeBytes))
    return isJournalOf(head, owner, path) ? journalIdIn(head) : undefined
  })
}

/** Who may use the store may use its journal, which has its content, and nobody else may. */
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

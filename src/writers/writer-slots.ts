/**
 * Which writers are alive, by locks on bytes of the store's file: one byte for each of many writers, all of them for one
 * that is alone. They belong to the file, whatever name a writer came by: a hard link, a name from before a rename, a
 * mount of the file alone. The kernel releases them when the writer dies, however it dies; process ids would be wrong
 * across containers that share a volume, and once a number is used again.
 *
 * They have a descriptor of their own: a mapping keeps the descriptor's file open that it was made with, and its locks
 * with it, and what a terminated thread has mapped stays mapped until its process ends.
 */
import {
  firstLockOffsetBytes,
  MAX_WRITERS,
  WRITERS_LENGTH_BYTES,
  WRITERS_OFFSET_BYTES,
} from '../format/lock.ts'
import { type Identity, O_RDWR, openAgain } from '../os/files.ts'
import { nativeOs } from '../os/native-os.ts'
import type { NativeOs } from '../os/os.ts'
import { FileHandle } from '../region/file-handle.ts'

export class WriterSlots {
  readonly #os: NativeOs
  readonly #file: FileHandle
  /** Where the slots of this writer's journal begin. */
  #start = WRITERS_OFFSET_BYTES

  /**
   * @param fd of the store's file, open for writing; owned from here on, and never mapped
   * @param path for messages
   */
  constructor(os: NativeOs, fd: number, path: string) {
    this.#os = os
    this.#file = new FileHandle(fd, path)
    this.#file.closeWith(this)
  }

  /**
   * Opens a store's file once more, by a name, for its slots.
   *
   * @param store the file that is meant
   * @returns undefined where the name leads to another file by now
   */
  static find(path: string, store: Identity): WriterSlots | undefined {
    const fd = openAgain(path, O_RDWR, store)
    return fd === undefined ? undefined : new WriterSlots(nativeOs(path), fd, path)
  }

  /** Takes every slot of every journal: false where any writer but this one is alive. */
  tryTakeAll(): boolean {
    return this.#os.tryLockRange(this.#file.fd, WRITERS_OFFSET_BYTES, WRITERS_LENGTH_BYTES)
  }

  /** Says which journal's slots are meant from here on. */
  useJournal(id: number): void {
    this.#start = firstLockOffsetBytes(id)
  }

  /** Gives back every slot but one. */
  keepOnly(slot: number): void {
    const kept = this.#start + slot
    const end = WRITERS_OFFSET_BYTES + WRITERS_LENGTH_BYTES
    if (kept > WRITERS_OFFSET_BYTES) this.#unlock(WRITERS_OFFSET_BYTES, kept)
    if (kept + 1 < end) this.#unlock(kept + 1, end)
  }

  /** Takes a slot that no living writer holds; true, too, for one's own. */
  tryTake(slot: number): boolean {
    return this.#os.tryLockRange(this.#file.fd, this.#start + slot, 1)
  }

  giveBack(slot: number): void {
    this.#unlock(this.#start + slot, this.#start + slot + 1)
  }

  /** Whether writers with another journal are alive. With a slot of one's own there is none to come, either. */
  isAnyElsewhere(): boolean {
    const end = WRITERS_OFFSET_BYTES + WRITERS_LENGTH_BYTES
    return this.#isLocked(WRITERS_OFFSET_BYTES, this.#start) || this.#isLocked(this.#start + MAX_WRITERS, end)
  }

  /** Gives everything back. */
  release(): void {
    this.#file.close()
  }

  #isLocked(from: number, to: number): boolean {
    return to > from && this.#os.isRangeLocked(this.#file.fd, from, to - from)
  }

  #unlock(from: number, to: number): void {
    this.#os.unlockRange(this.#file.fd, from, to - from)
  }
}

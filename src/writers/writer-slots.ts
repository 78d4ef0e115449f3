/**
 * Locks on bytes of the store's file tell which writers are alive: each of many writers locks one byte, a writer that is
 * alone locks them all. The locks belong to the file, by whatever name a writer opened it: a hard link, a name from before
 * a rename, a mount of the file alone. The kernel releases them when the writer dies, however it dies. Process ids would be
 * wrong across containers that share a volume, and once a number is used again.
 *
 * The locks have a descriptor of their own: a mapping keeps the open file that it was made from, and so its locks, and what
 * a terminated thread has mapped stays mapped until its process ends.
 */
import {
  firstLockOffsetBytes,
  MAX_WRITERS,
  WRITERS_LENGTH_BYTES,
  WRITERS_OFFSET_BYTES,
} from '../format/lock.ts'
import { O_RDWR, openAgain } from '../os/files.ts'
import { nativeOs } from '../os/native-os.ts'
import type { Identity, NativeOs } from '../os/os.ts'
import { FileHandle } from '../region/file-handle.ts'

export class WriterSlots {
  readonly #os: NativeOs
  readonly #file: FileHandle
  /** Where the slots of this writer's journal begin. */
  #start = WRITERS_OFFSET_BYTES

  /**
   * @param fd of the store's file, open for writing; owned by this object from here on, and never mapped
   * @param path for messages
   */
  constructor(os: NativeOs, fd: number, path: string) {
    this.#os = os
    this.#file = new FileHandle(fd, path)
    this.#file.closeWith(this)
  }

  /**
   * Opens the store's file again, by its name, to lock its slots.
   *
   * @param store the file that the name should lead to
   * @returns undefined if the name leads to another file by now
   */
  static find(path: string, store: Identity): WriterSlots | undefined {
    const fd = openAgain(path, O_RDWR, store)
    return fd === undefined ? undefined : new WriterSlots(nativeOs(path), fd, path)
  }

  /** Takes every slot of every journal; false if another writer is alive. */
  tryTakeAll(): boolean {
    return this.#os.tryLockRange(this.#file.fd, WRITERS_OFFSET_BYTES, WRITERS_LENGTH_BYTES)
  }

  /** Chooses the journal whose slots the other methods mean from here on. */
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

  /** Takes a slot that no living writer holds; true also for a slot that this writer holds. */
  tryTake(slot: number): boolean {
    return this.#os.tryLockRange(this.#file.fd, this.#start + slot, 1)
  }

  giveBack(slot: number): void {
    this.#unlock(this.#start + slot, this.#start + slot + 1)
  }

  /** Whether writers with another journal are alive. While this writer holds a slot, none can come either. */
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

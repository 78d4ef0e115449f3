/**
 * Which writers are alive: each holds a lock on a byte of the lock file, that of its slot, for as long as it has the
 * store open. The kernel releases it when the writer dies, however it dies; process ids would be wrong across
 * containers that share a volume, and once a number is used again.
 */
import { FIRST_SLOT_OFFSET_BYTES, MAX_WRITERS, SETUP_OFFSET_BYTES } from '../format/lock.ts'
import type { NativeOs } from '../os/os.ts'

export class WriterSlots {
  readonly #os: NativeOs
  readonly #fd: number

  constructor(os: NativeOs, fd: number) {
    this.#os = os
    this.#fd = fd
  }

  /** Becomes the one that is creating, opening or closing the store; false while another is. */
  tryBeginSetup(): boolean {
    return this.#os.tryLockRange(this.#fd, SETUP_OFFSET_BYTES, 1)
  }

  endSetup(): void {
    this.#os.unlockRange(this.#fd, SETUP_OFFSET_BYTES, 1)
  }

  /** Takes every slot: false where any writer but this one is alive. */
  tryTakeAll(): boolean {
    return this.#os.tryLockRange(this.#fd, FIRST_SLOT_OFFSET_BYTES, MAX_WRITERS)
  }

  /** Gives back every slot but one. */
  keepOnly(slot: number): void {
    const at = FIRST_SLOT_OFFSET_BYTES + slot
    if (slot > 0) this.#os.unlockRange(this.#fd, FIRST_SLOT_OFFSET_BYTES, slot)
    if (slot < MAX_WRITERS - 1) this.#os.unlockRange(this.#fd, at + 1, MAX_WRITERS - 1 - slot)
  }

  /** Takes a slot that no living writer holds; true, too, for one's own. */
  tryTake(slot: number): boolean {
    return this.#os.tryLockRange(this.#fd, FIRST_SLOT_OFFSET_BYTES + slot, 1)
  }

  giveBack(slot: number): void {
    this.#os.unlockRange(this.#fd, FIRST_SLOT_OFFSET_BYTES + slot, 1)
  }
}

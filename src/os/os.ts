/**
 * What a region and a lock need of the operating system beyond what `node:fs` offers: the one seam between this
 * project and native code. Tests implement it to inject failures; another platform is another implementation.
 *
 * Every method that fails throws a {@link SystemError}. Nothing here checks for null or stale addresses: that is the
 * duty of the one caller, `region/reservation.ts`.
 */

/**
 * How a file is mapped.
 * - `shared`: reads and writes reach the file; needs a descriptor open for both
 * - `read-only`: as `shared`, but a write ends the process
 * - `copy-on-write`: shows the file; a write stays in this process, and its page no longer follows the file
 */
export type MappingKind = 'shared' | 'read-only' | 'copy-on-write'

/** In which order pages will be touched: `random` turns read-ahead off, `sequential` turns it up. */
export type AccessPattern = 'random' | 'sequential'

/** `exclusive` excludes every other holder, `shared` only the exclusive one. */
export type LockKind = 'exclusive' | 'shared'

export interface NativeOs {
  /** Bytes in a page: every address and length given to the calls below is a multiple of it. */
  readonly pageSizeBytes: number
  /** Greatest length in bytes that {@link viewOf} takes. */
  readonly maxViewBytes: number
  /**
   * Takes a range of address space of the system's choice: zeroed pages that can be read, and cost no memory. It belongs to
   * this thread: if the thread ends with the range still mapped, whatever is mapped there then, it is given back when
   * another thread takes one.
   */
  reserve(lengthBytes: number): bigint
  /**
   * Maps part of a file in place of what is mapped there. The part may lie beyond the end of the file: its pages can
   * be touched once the file has grown over them, and end the process before.
   */
  mapFile(fd: number, offsetBytes: number, address: bigint, lengthBytes: number, kind: MappingKind): void
  /**
   * Puts private zeroed pages in place of what is mapped there. Writable ones count against limits on memory that
   * read-only ones do not: strict overcommit, RLIMIT_DATA.
   */
  mapZeroPages(address: bigint, lengthBytes: number, writable: boolean): void
  /** Gives back a range, all of it. */
  unmap(address: bigint, lengthBytes: number): void
  /**
   * Leaves a range of zeroed pages, all of it, to itself: it outlives the thread if it has to, and the system may take it and
   * others like it that lie beside it for one mapping, of which there can't be many.
   */
  disown(address: bigint, lengthBytes: number): void
  advise(address: bigint, lengthBytes: number, access: AccessPattern): void
  /** The bytes at an address as an ArrayBuffer, which does not own them and must not be transferred. */
  viewOf(address: bigint, lengthBytes: number): ArrayBuffer
  /**
   * Allocates zeroed blocks for a range of a file without touching those it has.
   *
   * @param keepSize - leaves the size of the file as it is, though the range may lie beyond it
   */
  allocateBlocks(fd: number, offsetBytes: number, lengthBytes: number, keepSize: boolean): void
  /** Brings a file's data, what was stored through mappings of it included, to stable storage. */
  syncFile(fd: number): void
  /** {@link syncFile} on another thread. */
  syncFileAsync(fd: number): Promise<void>
  /**
   * Takes a lock that lasts until it is released or the descriptor closed, by a crash too; taken again on the same
   * descriptor it changes its kind.
   *
   * @returns false if another descriptor holds it
   */
  tryLock(fd: number, kind: LockKind): boolean
  unlock(fd: number): void
  /**
   * Takes a lock on a range of bytes, which the file need not have. It belongs to the open file as that of
   * {@link tryLock} does, is released with it, and neither excludes nor heeds that one.
   *
   * @param kind by default exclusive, for which the descriptor must be open for writing; a shared one for reading
   * @returns false if another open file holds a lock on any byte of the range that excludes this one
   */
  tryLockRange(fd: number, offsetBytes: number, lengthBytes: number, kind?: LockKind): boolean
  /** Whether another open file holds a lock of either kind on any byte of the range. Takes none. */
  isRangeLocked(fd: number, offsetBytes: number, lengthBytes: number): boolean
  unlockRange(fd: number, offsetBytes: number, lengthBytes: number): void
}

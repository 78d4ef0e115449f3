/**
 * What regions and locks need of the operating system beyond `node:fs`: the one seam between this project and native code.
 * Tests implement it to inject failures; another platform is another implementation.
 *
 * Every method that fails throws a {@link SystemError}. Nothing here checks for null or stale addresses: the caller in
 * `region/` must.
 */

/**
 * How a file is mapped.
 * - `shared`: reads and writes reach the file; needs a descriptor open for both
 * - `read-only`: as `shared`, but a write ends the process
 * - `copy-on-write`: shows the file; a write stays in this process, and its page no longer follows the file
 */
export type MappingKind = 'shared' | 'read-only' | 'copy-on-write'

/** The order in which pages will be touched: `random` turns read-ahead off, `sequential` increases it. */
export type AccessPattern = 'random' | 'sequential'

/** `exclusive` excludes every other holder, `shared` only the exclusive one. */
export type LockKind = 'exclusive' | 'shared'

/** What identifies a file in the system, whatever names it has. */
export interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

/** What the system reports about an open file. */
export interface FileStat extends Identity {
  /** In bytes. */
  readonly size: bigint
  /** When its content was last modified, in nanoseconds since 1970. */
  readonly mtimeNs: bigint
  /** When anything about it last changed, `mtimeNs` included, in nanoseconds since 1970. */
  readonly ctimeNs: bigint
}

export interface NativeOs {
  /** Bytes in a page: every address and length given to the calls below is a multiple of it. */
  readonly pageSizeBytes: number
  /** The greatest length in bytes that {@link viewOf} accepts. */
  readonly maxViewBytes: number
  /**
   * Takes a range of address space that the system chooses: zeroed pages that can be read and cost no memory. It belongs to
   * this thread: if the thread ends while the range is mapped, another thread unmaps it, whatever is mapped there by then,
   * when that thread takes a range.
   */
  reserve(lengthBytes: number): bigint
  /**
   * Maps part of a file in place of what is mapped there. The part may lie beyond the end of the file: until the file has
   * grown over its pages, touching them ends the process.
   */
  mapFile(fd: number, offsetBytes: number, address: bigint, lengthBytes: number, kind: MappingKind): void
  /**
   * Maps private zeroed pages in place of what is mapped there. Writable ones count against limits on memory (strict
   * overcommit, RLIMIT_DATA), read-only ones do not.
   */
  mapZeroPages(address: bigint, lengthBytes: number, writable: boolean): void
  /** Gives a whole range back. */
  unmap(address: bigint, lengthBytes: number): void
  /**
   * Gives up a whole range of zeroed pages without unmapping it: it may outlive the thread. This lets the system merge it
   * with such ranges beside it, which matters because the number of mappings is limited.
   */
  disown(address: bigint, lengthBytes: number): void
  advise(address: bigint, lengthBytes: number, access: AccessPattern): void
  /** The bytes at an address as an ArrayBuffer, which does not own them and must not be transferred. */
  viewOf(address: bigint, lengthBytes: number): ArrayBuffer
  /**
   * Allocates zeroed blocks for a range of a file, without touching blocks that the file has.
   *
   * @param keepSize - leaves the size of the file as it is, though the range may lie beyond it
   */
  allocateBlocks(fd: number, offsetBytes: number, lengthBytes: number, keepSize: boolean): void
  /** As `fstatSync`, which on Deno reports times only to the millisecond. */
  statFile(fd: number): FileStat
  /** Makes a file's data durable, including stores through mappings of it. */
  syncFile(fd: number): void
  /** {@link syncFile} on another thread. */
  syncFileAsync(fd: number): Promise<void>
  /**
   * Takes a lock that lasts until it is released, or until the descriptor is closed, also by a crash. Taking it again on the
   * same descriptor changes its kind.
   *
   * @returns false if another descriptor holds it
   */
  tryLock(fd: number, kind: LockKind): boolean
  unlock(fd: number): void
  /**
   * Takes a lock on a range of bytes, which may lie beyond the end of the file. Like the lock of {@link tryLock} it belongs
   * to the open file and is released with it; the two kinds of locks do not see each other.
   *
   * @param kind exclusive by default, for which the descriptor must be open for writing; for a shared one, for reading
   * @returns false if another open file holds a lock on any byte of the range that excludes this one
   */
  tryLockRange(fd: number, offsetBytes: number, lengthBytes: number, kind?: LockKind): boolean
  /** Whether another open file holds a lock of either kind on any byte of the range. Takes no lock. */
  isRangeLocked(fd: number, offsetBytes: number, lengthBytes: number): boolean
  unlockRange(fd: number, offsetBytes: number, lengthBytes: number): void
}

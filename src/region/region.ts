/** A growable range of bytes in an ArrayBuffer: what a store reads and writes. */

/**
 * There are two implementations: one maps a file, the other is on the heap (`:memory:`). All sizes and offsets are in bytes.
 *
 * `buffer` spans more than the data: nothing at or beyond `sizeBytes` may be touched, except the fence word. A read there
 * finds nothing of use, and on a mapped region a write ends the process, so callers check bounds first.
 */
export interface Region {
  /**
   * The address space: data from offset 0, the fence word at `fenceOffsetBytes`. Its length is a multiple of 8 bytes.
   * Replaced when it is outgrown. Views over an earlier buffer still show data: that of the file, live; on the heap, what
   * was there at the time.
   *
   * Only for the owner of the region, which must not touch the buffer or views over it once the region is closed:
   * another region may have the same address space by then. Users get {@link view}.
   */
  readonly buffer: ArrayBuffer
  /** Bytes of data that may be touched now. */
  readonly sizeBytes: number
  /** Offset of a 4-byte-aligned word of private memory in `buffer`, always 0: see the seqlock. */
  readonly fenceOffsetBytes: number
  /**
   * Makes at least `sizeBytes` of data usable, allocating blocks first, so that a full disk is an error here and not a fault
   * at a later store. New bytes are zero. A region that is large enough stays as it is. If other processes may grow the same
   * file, the caller must hold a lock that excludes them.
   *
   * @returns whether `buffer` was replaced, so that views over the old one must be made anew
   * @throws {MmapForgeError} `ERR_NO_SPACE`, `ERR_TOO_LARGE`, `ERR_READ_ONLY`, `ERR_CORRUPTED` if the file was cut
   *   short, `ERR_SYNC_FAILED`, `ERR_CLOSED`; the region is then as it was
   */
  grow(sizeBytes: number): boolean
  /**
   * Follows growth by another process: makes the whole of the file usable.
   *
   * @returns whether `buffer` was replaced
   * @throws {MmapForgeError} `ERR_CORRUPTED` if the file was cut short, `ERR_TOO_LARGE`, `ERR_NO_SPACE`,
   *   `ERR_CLOSED`; the region is then as it was
   */
  follow(): boolean
  /**
   * A range of bytes within `sizeBytes` that a caller may keep, and even write to without harm to a read-only store. It is
   * live, not a copy: to post it to a worker, post its `slice()`, because runtimes copy the whole buffer under a view. The
   * buffer must not be transferred: the region could not tell when nobody uses it any more.
   */
  view(offsetBytes: number, lengthBytes: number): Uint8Array
  /**
   * Makes the data durable; blocks until it is.
   *
   * @throws {MmapForgeError} `ERR_SYNC_FAILED` if this sync or any earlier one failed
   */
  sync(): void
  /** {@link sync} on another thread. */
  flush(): Promise<void>
  /**
   * Releases everything, and leaves an empty `buffer`. Views from {@link view} stay safe to read and to write: they show
   * zeros in place of a file, and writes to them go nowhere. A `flush` under way completes. Idempotent. Does not sync.
   */
  close(): void
}

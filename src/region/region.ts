/** A growable range of bytes at a stable ArrayBuffer: what a store reads and writes. */

/**
 * Two implementations: one maps a file, the other lives on the heap (`:memory:`). All sizes and offsets are in bytes.
 *
 * `buffer` spans more than the data: reading or writing it at or beyond `sizeBytes` (the fence page aside) is a bug of the
 * caller, and on a mapped region ends the process, so callers check bounds before they touch it.
 */
export interface Region {
  /** The address space: data from offset 0, the fence word at `fenceOffsetBytes`. Replaced when it is outgrown. */
  readonly buffer: ArrayBuffer
  /** Bytes of data that may be touched now. */
  readonly sizeBytes: number
  /** A 4-byte-aligned word of private memory in `buffer`, always 0: see the seqlock. */
  readonly fenceOffsetBytes: number
  /**
   * Makes at least `sizeBytes` of data usable, allocating blocks first, so that a full disk is an error here and not a
   * fault at some later store. New bytes are zero. A region that is large enough already is left as it is.
   *
   * @returns whether `buffer` was replaced, so that views over the old one must be made anew
   * @throws {MmapForgeError} `ERR_NO_SPACE`, `ERR_TOO_LARGE`; the region is then as it was
   */
  grow(sizeBytes: number): boolean
  /**
   * Follows growth by another process: makes the whole of the file usable.
   *
   * @returns whether `buffer` was replaced
   */
  follow(): boolean
  /** A range of bytes that a caller may keep and even write to without harm to a read-only store. Live, not a copy. */
  view(offsetBytes: number, lengthBytes: number): Uint8Array
  /** Brings the data to stable storage, blocking. */
  sync(): void
  /** Brings the data to stable storage on another thread. */
  flush(): Promise<void>
  /** Releases everything; views over `buffer` read zeros from here on and never fault. Idempotent. Does not sync. */
  close(): void
}

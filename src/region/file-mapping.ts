/** A file mapped for as long as it is open: one reservation at a time, replaced by a larger one when outgrown. */
import { alignUp } from '../align.ts'
import { MmapForgeError } from '../errors.ts'
import { explained, isSystemError, onFile } from '../os/system-error.ts'
import { takeAll, undoing } from '../os/undo.ts'
import { fenceBytes, type ReservedRange } from './address-range.ts'
import { emptyBuffer } from './closed.ts'
import { type FileInRange, Reservation } from './reservation.ts'

/**
 * Address space taken for a file by default, fence page included. It costs no memory, but V8 counts it as if it did, and
 * collects garbage for it: only once, since the next store takes the same range, but that took 2 to 17 ms with half a
 * million objects on the heap. Less than 64 MiB would spare the first store that. On the other hand, a file that outgrows
 * its range gets another of twice the size or more, and from then on the accessors of its class are compiled for stores
 * that swap their buffer: they take 1.4 to 1.7 times as long for a number.
 */
const DEFAULT_RESERVED_BYTES = 2 ** 27
/** A larger file gets a range that is larger by this factor: most files are opened to be read, or grow only a little. */
const ROOM_TO_GROW = 1.25

/** A mapping that is ready, but not used yet. */
export interface NextMapping {
  readonly reservation: Reservation
  readonly buffer: ArrayBuffer
}

export interface FileMappingOptions extends FileInRange {
  /** For messages. */
  readonly path: string
  /** Bytes of the file to have room for at least, if there is address space for them. */
  readonly reserveBytes: number | undefined
  /** The first range to use, if it has room. */
  readonly range?: ReservedRange | undefined
  /** Whether users see the buffer, through views that they may keep. */
  readonly isShown: boolean
}

export class FileMapping {
  readonly #options: FileMappingOptions
  /** Every range that is still mapped. The last one is in use; users may have kept views of any of them. */
  #reservations: Reservation[] = []
  #buffer = emptyBuffer()
  #capacityBytes = 0

  constructor(options: FileMappingOptions) {
    this.#options = options
  }

  /** The range in use, fence page included. */
  get buffer(): ArrayBuffer {
    return this.#buffer
  }

  /** Bytes of the file that the range has room for; the fence page follows. */
  get capacityBytes(): number {
    return this.#capacityBytes
  }

  /**
   * Makes sure that the first `sizeBytes` of the file can be touched: maps more of it, in a larger range if this one has no
   * room. A larger range is used only from `adopt` on, so that everything that can fail comes before the first change.
   *
   * @throws {MmapForgeError} `ERR_TOO_LARGE`, `ERR_NO_SPACE`
   */
  prepare(sizeBytes: number): NextMapping | undefined {
    const current = this.#reservations.at(-1)
    try {
      if (current === undefined || !(sizeBytes <= current.capacityBytes)) return this.#larger(sizeBytes)
      current.cover(sizeBytes)
      return undefined
    } catch (error) {
      throw this.#explain(error, sizeBytes)
    }
  }

  /** Undoes a `prepare` that is not used after all; the file still has `sizeBytes`. */
  abandon(next: NextMapping | undefined, sizeBytes: number): void {
    try {
      if (next === undefined) this.#reservations.at(-1)?.cover(sizeBytes)
      else next.reservation.putAside()
    } catch {
      // Nothing touches the pages that stay mapped beyond the end of the file.
    }
  }

  /** Uses a range that `prepare` made. Views over the earlier one stay valid until `close`. */
  adopt({ reservation, buffer }: NextMapping): void {
    this.#reservations = this.#reservations.filter((earlier) => !earlier.isUnmapped)
    this.#reservations.push(reservation)
    this.#buffer = buffer
    this.#capacityBytes = reservation.capacityBytes
  }

  /**
   * Unmaps the file from every range. Ranges that a user may still look into then hold zeros; the next mapping may take the
   * others.
   *
   * @throws {SystemError} if there is no memory for that; everything else is done all the same
   */
  close(): void {
    const reservations = this.#reservations
    this.#reservations = []
    this.#buffer = emptyBuffer()
    this.#capacityBytes = 0
    const { path, isShown } = this.#options
    onFile(path, () =>
      takeAll(
        ...reservations.map((reservation) => () => {
          if (isShown) reservation.neutralise()
          else reservation.putAside()
        }),
      ),
    )
  }

  #larger(sizeBytes: number): NextMapping {
    const reserved = this.#options.range?.use(sizeBytes)
    if (reserved !== undefined) return this.#covering(Reservation.within(this.#options, reserved), sizeBytes)
    const leastBytes = this.#leastCapacity(sizeBytes)
    let capacityBytes = this.#preferredCapacity(leastBytes)
    while (capacityBytes > leastBytes) {
      try {
        return this.#take(capacityBytes, sizeBytes)
      } catch (error) {
        // Address space can be scarce (RLIMIT_AS).
        if (!isSystemError(error, 'ENOMEM')) throw error
        capacityBytes = Math.max(leastBytes, this.#usualCapacity(capacityBytes / 2))
      }
    }
    return this.#take(leastBytes, sizeBytes)
  }

  #take(capacityBytes: number, sizeBytes: number): NextMapping {
    return this.#covering(Reservation.take(this.#options, capacityBytes), sizeBytes)
  }

  #covering(next: NextMapping, sizeBytes: number): NextMapping {
    return undoing((undo) => {
      undo.push(() => next.reservation.putAside())
      next.reservation.cover(sizeBytes)
      return next
    })
  }

  #leastCapacity(sizeBytes: number): number {
    const { os, path } = this.#options
    const leastBytes = Math.max(os.pageSizeBytes, this.#wholePages(sizeBytes))
    if (leastBytes <= this.#greatestCapacity()) return leastBytes
    throw new MmapForgeError(
      'ERR_TOO_LARGE',
      `${sizeBytes} bytes are more than this runtime can map (${this.#greatestCapacity()}); ` +
        'Node.js 22 or newer, or Deno, maps files of any size',
      { path },
    )
  }

  #preferredCapacity(leastBytes: number): number {
    const { os, reserveBytes } = this.#options
    const preferredBytes = Math.max(
      reserveBytes ?? DEFAULT_RESERVED_BYTES - os.pageSizeBytes,
      leastBytes * ROOM_TO_GROW,
      2 * this.#capacityBytes,
    )
    return Math.min(this.#greatestCapacity(), this.#usualCapacity(preferredBytes))
  }

  /**
   * Rounds up to one of four steps between powers of two, so that a range that was put aside fits the next file of about
   * that size.
   */
  #usualCapacity(leastBytes: number): number {
    const { os } = this.#options
    const lengthBytes = leastBytes + fenceBytes(os)
    const stepBytes = Math.max(os.pageSizeBytes, 2 ** (Math.floor(Math.log2(lengthBytes)) - 2))
    return alignUp(lengthBytes, stepBytes) - fenceBytes(os)
  }

  #greatestCapacity(): number {
    const { os } = this.#options
    return Math.floor((os.maxViewBytes - fenceBytes(os)) / os.pageSizeBytes) * os.pageSizeBytes
  }

  #wholePages(bytes: number): number {
    return alignUp(bytes, this.#options.os.pageSizeBytes)
  }

  #explain(cause: unknown, sizeBytes: number): unknown {
    const { path } = this.#options
    if (!isSystemError(cause, 'ENOMEM')) return explained(cause, path)
    return new MmapForgeError(
      'ERR_NO_SPACE',
      `no address space to map ${sizeBytes} bytes; close stores that are not in use, or raise the limits on the ` +
        'process (ulimit -v, vm.max_map_count)',
      { path, cause },
    )
  }
}

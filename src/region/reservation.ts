/**
 * One range of address space with a file mapped over its start: where addresses are made, and the only place where
 * they are given back.
 *
 * ```
 * address          + mappedBytes            + capacityBytes
 * | the file       | zeroed pages to read    | fence page |
 * ```
 *
 * The file is mapped over more of the range as it grows, so typed arrays over the buffer stay valid. What it does not
 * cover yet can be read all the same: runtimes copy the whole buffer when a view over it is posted to a worker, and
 * touching a page that is not there would end the process.
 *
 * Life cycle: mapped → (neutral) → unmapped. Not every runtime can detach an ArrayBuffer over a mapping, so it stays
 * mapped for as long as the ArrayBuffer can be reached: a closed region has zeroed pages there, and the garbage
 * collector tells when the range may be unmapped. (A worker that ends without closing is not told: its ranges stay
 * until the process ends.)
 */
import type { AccessPattern, MappingKind, NativeOs } from '../os/os.ts'
import { undoing } from '../os/undo.ts'

/** How a range shows a file. */
export interface FileInRange {
  readonly os: NativeOs
  readonly fd: number
  readonly kind: MappingKind
  readonly access: AccessPattern | undefined
}

/** The bytes that a reservation needs beyond its capacity: the fence page. */
export function fenceBytes(os: NativeOs): number {
  return os.pageSizeBytes
}

export class Reservation {
  /** Bytes of the file that fit; a multiple of the page size. The fence page follows. */
  readonly capacityBytes: number
  readonly #file: FileInRange
  readonly #address: bigint
  readonly #lengthBytes: number
  /** Bytes of the file that can be touched, as far as the file has them; a multiple of the page size. */
  #mappedBytes = 0
  #unmapped = false

  private constructor(file: FileInRange, address: bigint, capacityBytes: number) {
    this.#file = file
    this.#address = address
    this.capacityBytes = capacityBytes
    this.#lengthBytes = capacityBytes + fenceBytes(file.os)
  }

  /**
   * Takes a new range, with nothing of the file in it yet.
   *
   * @param capacityBytes - a multiple of the page size; with the fence page no more than a view may have
   * @returns the range and the one ArrayBuffer over it
   * @throws {SystemError}
   */
  static take(file: FileInRange, capacityBytes: number): { reservation: Reservation; buffer: ArrayBuffer } {
    const { os } = file
    const lengthBytes = capacityBytes + fenceBytes(os)
    const address = os.reserve(lengthBytes)
    const reservation = new Reservation(file, address, capacityBytes)
    return undoing((undo) => {
      undo.push(() => reservation.unmap())
      // Private memory of this process: whatever is stored to the fence word goes nowhere.
      os.mapZeroPages(address + BigInt(capacityBytes), fenceBytes(os), true)
      const buffer = os.viewOf(address, lengthBytes)
      // The registry holds the reservation, which must therefore not hold the buffer.
      whenCollected.register(buffer, reservation)
      return { reservation, buffer }
    })
  }

  /**
   * Has exactly the pages with so many bytes of the file mapped: what is mapped already stays untouched.
   *
   * @param sizeBytes - at most `capacityBytes`
   * @throws {SystemError} with the range as it was
   */
  cover(sizeBytes: number): void {
    const { os, fd, kind, access } = this.#file
    const targetBytes = Math.ceil(sizeBytes / os.pageSizeBytes) * os.pageSizeBytes
    const fromBytes = Math.min(this.#mappedBytes, targetBytes)
    const lengthBytes = Math.abs(targetBytes - this.#mappedBytes)
    if (lengthBytes === 0) return
    const address = this.#address + BigInt(fromBytes)
    if (targetBytes < this.#mappedBytes) os.mapZeroPages(address, lengthBytes, false)
    else {
      os.mapFile(fd, fromBytes, address, lengthBytes, kind)
      if (access !== undefined) adviseIfHeard(os, address, lengthBytes, access)
    }
    this.#mappedBytes = targetBytes
  }

  /** Whether the range was given back; another mapping may stand there since. */
  get unmapped(): boolean {
    return this.#unmapped
  }

  /**
   * Puts zeroed pages in place of the file, so that stale views read zeros, and what they write goes nowhere. What
   * was stored before is in the file: the pages belong to the kernel's cache, not to the mapping.
   *
   * @throws {SystemError} if there is not even room for pages that can be read only; the range is then as it was
   */
  neutralise(): void {
    if (this.#unmapped) return
    try {
      this.#file.os.mapZeroPages(this.#address, this.#lengthBytes, true)
    } catch {
      this.#file.os.mapZeroPages(this.#address, this.#lengthBytes, false)
    }
  }

  /**
   * Gives the range back. Only for the garbage collector's report, and for a range whose buffer nobody has seen.
   * Idempotent, and silent: munmap(2) fails only where it would split a mapping beyond the limit on their number, and
   * then the range stays mapped, which harms nobody.
   */
  unmap(): void {
    if (this.#unmapped) return
    this.#unmapped = true
    try {
      this.#file.os.unmap(this.#address, this.#lengthBytes)
    } catch {
      // See above.
    }
  }
}

/** Kernels may be built without madvise(2); then reading ahead is as good as it is. */
function adviseIfHeard(os: NativeOs, address: bigint, lengthBytes: number, access: AccessPattern): void {
  try {
    os.advise(address, lengthBytes, access)
  } catch {
    // Nothing depends on it.
  }
}

/** Unmaps a range once nothing can reach the ArrayBuffer over it, neither a region nor any view that a user kept. */
const whenCollected = new FinalizationRegistry<Reservation>((reservation) => reservation.unmap())

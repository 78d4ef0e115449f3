/**
 * One range of address space with a file mapped over its start: where addresses are made, and the only place where they
 * are given back.
 *
 * ```
 * address                             address + capacityBytes
 * | the file ...... | pages beyond its end | fence page |
 * ```
 *
 * The file is mapped for the whole capacity at once, though it is shorter: pages beyond its end become usable in place
 * when it grows, so growth needs no call at all and typed arrays over the buffer stay valid. To touch them before is a
 * fault, as it would be in a range that is merely reserved.
 *
 * Life cycle: mapped → (neutral) → unmapped. An ArrayBuffer over a mapping can't be detached, so the range stays mapped
 * for as long as the ArrayBuffer can be reached: a closed region has zeroed pages there, and the garbage collector
 * tells when the range may be unmapped.
 */
import type { AccessPattern, MappingKind, NativeOs } from '../os/os.ts'

/** The bytes that a reservation needs beyond its capacity: the fence page. */
export function reservedBytes(os: NativeOs, capacityBytes: number): number {
  return capacityBytes + os.pageSizeBytes
}

export class Reservation {
  /** Bytes of the file that fit; a multiple of the page size. The fence page follows. */
  readonly capacityBytes: number
  readonly #os: NativeOs
  readonly #address: bigint
  readonly #lengthBytes: number
  #unmapped = false

  private constructor(os: NativeOs, address: bigint, capacityBytes: number) {
    this.#os = os
    this.#address = address
    this.capacityBytes = capacityBytes
    this.#lengthBytes = reservedBytes(os, capacityBytes)
  }

  /**
   * Maps a file over a new range.
   *
   * @param capacityBytes - a multiple of the page size, above 0; with the fence page no more than a view may have
   * @returns the range and the one ArrayBuffer over it
   * @throws {SystemError}
   */
  static map(
    os: NativeOs,
    fd: number,
    capacityBytes: number,
    kind: MappingKind,
    access: AccessPattern | undefined,
  ): { reservation: Reservation; buffer: ArrayBuffer } {
    const lengthBytes = reservedBytes(os, capacityBytes)
    const address = os.mapFile(fd, lengthBytes, kind)
    const reservation = new Reservation(os, address, capacityBytes)
    try {
      // Private memory of this process: whatever is stored to the fence word goes nowhere.
      os.mapZeroPages(address + BigInt(capacityBytes), os.pageSizeBytes, true)
      if (access !== undefined) adviseIfHeard(os, address, capacityBytes, access)
      const buffer = os.viewOf(address, lengthBytes)
      // The registry holds the reservation, which must therefore not hold the buffer.
      whenCollected.register(buffer, reservation)
      return { reservation, buffer }
    } catch (error) {
      reservation.unmap()
      throw error
    }
  }

  /** Whether the range was given back; another mapping may stand there since. */
  get unmapped(): boolean {
    return this.#unmapped
  }

  /**
   * Puts zeroed pages in place of the file, so that stale views read zeros, and what they write goes nowhere. What was
   * stored before is in the file: the pages belong to the kernel's cache, not to the mapping.
   *
   * @throws {SystemError} if there is not even room for pages that can be read only; the range is then as it was
   */
  neutralise(): void {
    if (this.#unmapped) return
    try {
      this.#os.mapZeroPages(this.#address, this.#lengthBytes, true)
    } catch {
      this.#os.mapZeroPages(this.#address, this.#lengthBytes, false)
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
      this.#os.unmap(this.#address, this.#lengthBytes)
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

/**
 * One range of address space with a file mapped over its start.
 *
 * ```
 * address          + mappedBytes            + capacityBytes
 * | the file       | zeroed pages to read    | fence page |
 * ```
 *
 * The file is mapped over more of the range as it grows, so typed arrays over the buffer stay valid.
 */
import { alignUp } from '../align.ts'
import type { AccessPattern, MappingKind, NativeOs } from '../os/os.ts'
import { AddressRange, fenceBytes, type RangeOfFile, type TakenRange } from './address-range.ts'

/** How a range shows a file. */
export interface FileInRange {
  readonly os: NativeOs
  readonly fd: number
  readonly kind: MappingKind
  readonly access: AccessPattern | undefined
}

export class Reservation {
  /** Bytes of the file that fit; a multiple of the page size. The fence page follows. */
  readonly capacityBytes: number
  readonly #file: FileInRange
  readonly #range: RangeOfFile
  /** Bytes of the file that can be touched, as far as the file has them; a multiple of the page size. */
  #mappedBytes = 0

  private constructor(file: FileInRange, range: RangeOfFile) {
    this.#file = file
    this.#range = range
    this.capacityBytes = range.lengthBytes - fenceBytes(file.os)
  }

  /**
   * Takes a range, in which nothing of the file is mapped yet.
   *
   * @param capacityBytes - a multiple of the page size; with the fence page no more than a view may have
   * @returns the range and the one ArrayBuffer over it
   * @throws {SystemError}
   */
  static take(file: FileInRange, capacityBytes: number): { reservation: Reservation; buffer: ArrayBuffer } {
    return Reservation.within(file, AddressRange.take(file.os, capacityBytes + fenceBytes(file.os)))
  }

  /** As {@link take}, in a range that was taken already. */
  static within(
    file: FileInRange,
    { range, buffer }: TakenRange,
  ): { reservation: Reservation; buffer: ArrayBuffer } {
    return { reservation: new Reservation(file, range), buffer }
  }

  /**
   * Maps exactly the pages of the first `sizeBytes` of the file; what is mapped already stays untouched.
   *
   * @param sizeBytes - at most `capacityBytes`
   * @throws {SystemError} the range is then as it was
   */
  cover(sizeBytes: number): void {
    const { os, fd, kind, access } = this.#file
    const targetBytes = alignUp(sizeBytes, os.pageSizeBytes)
    const fromBytes = Math.min(this.#mappedBytes, targetBytes)
    const lengthBytes = Math.abs(targetBytes - this.#mappedBytes)
    if (lengthBytes === 0) return
    const address = this.#range.address + BigInt(fromBytes)
    if (targetBytes < this.#mappedBytes) this.#zero(fromBytes, lengthBytes)
    else {
      os.mapFile(fd, fromBytes, address, lengthBytes, kind)
      if (access !== undefined) adviseIfHeard(os, address, lengthBytes, access)
    }
    this.#mappedBytes = targetBytes
  }

  /** Whether the range was given back; another mapping may be there by now. */
  get isUnmapped(): boolean {
    return this.#range.isUnmapped
  }

  /**
   * Unmaps the file, and lets the next region take the range. Only if no user has seen the buffer.
   *
   * @throws {SystemError} if not even read-only zeroed pages can be mapped; the range is then as it was
   */
  putAside(): void {
    if (this.isUnmapped) return
    this.cover(0)
    this.#range.putAside()
  }

  /**
   * Replaces everything by zeroed pages: views that users kept then read zeros, and writes to them go nowhere. Earlier
   * stores are in the file: its pages belong to the kernel's cache, not to the mapping.
   *
   * @throws {SystemError} as {@link putAside}
   */
  neutralise(): void {
    if (this.isUnmapped) return
    this.#zero(0, this.#range.lengthBytes)
    this.#file.os.disown(this.#range.address, this.#range.lengthBytes)
  }

  #zero(offsetBytes: number, lengthBytes: number): void {
    const { os } = this.#file
    const address = this.#range.address + BigInt(offsetBytes)
    try {
      os.mapZeroPages(address, lengthBytes, true)
    } catch {
      os.mapZeroPages(address, lengthBytes, false)
    }
  }
}

/** Kernels may be built without madvise(2); they then read ahead as they like. */
function adviseIfHeard(os: NativeOs, address: bigint, lengthBytes: number, access: AccessPattern): void {
  try {
    os.advise(address, lengthBytes, access)
  } catch {
    // Nothing depends on it.
  }
}

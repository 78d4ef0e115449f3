/**
 * A range of address space with the one ArrayBuffer over it: the one place where addresses are taken and given back.
 *
 * ```
 * address                      + lengthBytes - fence page
 * | zeroed pages, to be read   | fence page              |
 * ```
 *
 * Files are mapped over the zeroed pages. What no file covers can still be read: runtimes copy the whole buffer when a view
 * over it is posted to a worker, and touching a page that is not mapped would end the process.
 *
 * Not every runtime can detach an ArrayBuffer over a mapping, so a range stays mapped for as long as its ArrayBuffer
 * can be reached. The garbage collector reports when that is over, but only between two tasks: code that opens and closes
 * stores without a pause would fill the address space with unused ranges. So when a region is closed whose buffer no user
 * has seen, its range is put aside. The next region of the same thread that needs a range of this length takes it, together
 * with its buffer. The buffer is held weakly: a range that is not taken by the end of the task goes with the next
 * collection.
 */
import type { NativeOs } from '../os/os.ts'
import { undoing } from '../os/undo.ts'

/** The bytes of a range that no file can be mapped over: the fence page. */
export function fenceBytes(os: NativeOs): number {
  return os.pageSizeBytes
}

/** What the mapping of a file needs of a range. */
export interface RangeOfFile {
  readonly address: bigint
  readonly lengthBytes: number
  readonly isUnmapped: boolean
  putAside(): void
}

/** A range, and the one ArrayBuffer over it. */
export interface TakenRange {
  readonly range: RangeOfFile
  readonly buffer: ArrayBuffer
}

export class AddressRange implements RangeOfFile {
  readonly address: bigint
  readonly lengthBytes: number
  readonly #os: NativeOs
  /** Alive at least until the end of the task in which the range was taken. */
  readonly #buffer: WeakRef<ArrayBuffer>
  #isUnmapped = false

  private constructor(os: NativeOs, address: bigint, buffer: ArrayBuffer) {
    this.#os = os
    this.address = address
    this.lengthBytes = buffer.byteLength
    this.#buffer = new WeakRef(buffer)
    // The registry holds the range, which must therefore not hold the buffer.
    whenCollected.register(buffer, this)
  }

  /**
   * Takes a range that was put aside, or else a new one.
   *
   * @param lengthBytes - a multiple of the page size; no more than a view may have
   * @throws {SystemError}
   */
  static take(os: NativeOs, lengthBytes: number): { range: AddressRange; buffer: ArrayBuffer } {
    const ranges = asideOf(os, lengthBytes)
    for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
      const buffer = range.#buffer.deref()
      if (buffer !== undefined) return { range, buffer }
    }
    return undoing((undo) => {
      const address = os.reserve(lengthBytes)
      undo.push(() => os.unmap(address, lengthBytes))
      // Private memory of this process: what is stored to the fence word reaches nobody.
      os.mapZeroPages(address + BigInt(lengthBytes - fenceBytes(os)), fenceBytes(os), true)
      const buffer = os.viewOf(address, lengthBytes)
      return { range: new AddressRange(os, address, buffer), buffer }
    })
  }

  /** Whether the range was given back; another mapping may be there by now. */
  get isUnmapped(): boolean {
    return this.#isUnmapped
  }

  /** Lets the next region take the range. Only if no user has seen the buffer, and no file is mapped in it. */
  putAside(): void {
    if (!this.#isUnmapped) asideOf(this.#os, this.lengthBytes).push(this)
  }

  /**
   * Gives the range back. Only to be called when the garbage collector reports that the buffer is gone. Never throws:
   * munmap(2) fails only if it would split a mapping beyond the limit on their number; then the range stays mapped, which
   * does no harm.
   */
  unmap(): void {
    this.#isUnmapped = true
    const ranges = asideOf(this.#os, this.lengthBytes)
    const at = ranges.indexOf(this)
    if (at >= 0) ranges.splice(at, 1)
    try {
      this.#os.unmap(this.address, this.lengthBytes)
    } catch {
      // See above.
    }
  }
}

/**
 * A range, with its buffer, for a file that does not exist yet, so that typed arrays over it can be made early. The file's
 * mapping puts it aside when it is done, as any other range. The next file can use it even if the mapping before was never
 * closed, as after a stack overflow.
 */
export class ReservedRange {
  readonly buffer: ArrayBuffer
  /** Bytes of a file that fit; the fence page follows. */
  readonly fenceOffsetBytes: number
  readonly #range: AddressRange
  /** The last mapping's view of the range, until that mapping is closed. */
  #used: RangeOfFile | undefined

  private constructor(range: AddressRange, buffer: ArrayBuffer, fenceOffsetBytes: number) {
    this.#range = range
    this.buffer = buffer
    this.fenceOffsetBytes = fenceOffsetBytes
  }

  /**
   * @param sizeBytes of the file
   * @throws {SystemError}
   */
  static take(os: NativeOs, sizeBytes: number): ReservedRange {
    const capacityBytes = Math.ceil(sizeBytes / os.pageSizeBytes) * os.pageSizeBytes
    const { range, buffer } = AddressRange.take(os, capacityBytes + fenceBytes(os))
    return new ReservedRange(range, buffer, capacityBytes)
  }

  /** The range, for the mapping of a file of this size, if the file fits; any mapping before loses it. */
  use(sizeBytes: number): TakenRange | undefined {
    if (sizeBytes > this.fenceOffsetBytes) return undefined
    const { address, lengthBytes } = this.#range
    const isUnmapped = () => this.#used !== used || this.#range.isUnmapped
    const used: RangeOfFile = {
      address,
      lengthBytes,
      get isUnmapped() {
        return isUnmapped()
      },
      putAside: () => {
        this.#used = undefined
      },
    }
    this.#used = used
    return { range: used, buffer: this.buffer }
  }

  /** Lets any region take the range, unless a file is still mapped in it. */
  putAside(): void {
    if (this.#used === undefined) this.#range.putAside()
  }
}

/** Unmaps a range once nothing can reach the ArrayBuffer over it, neither a region nor any view that a user kept. */
const whenCollected = new FinalizationRegistry<AddressRange>((range) => range.unmap())

/**
 * The ranges that were put aside in this thread, by length. Files grow into few different lengths, so the range of one
 * often fits the next.
 */
const aside = new WeakMap<NativeOs, Map<number, AddressRange[]>>()

function asideOf(os: NativeOs, lengthBytes: number): AddressRange[] {
  const byLength = aside.get(os) ?? new Map<number, AddressRange[]>()
  aside.set(os, byLength)
  const ranges = byLength.get(lengthBytes) ?? []
  byLength.set(lengthBytes, ranges)
  return ranges
}

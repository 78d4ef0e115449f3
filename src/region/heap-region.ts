/** A region on the heap, for `:memory:` stores. */

import { constants } from 'node:buffer'
import { alignUp } from '../align.ts'
import { isBuiltInError, MmapForgeError } from '../errors.ts'
import { closedError, emptyBuffer } from './closed.ts'
import type { Region } from './region.ts'

/** The path that opens a new, empty store on the heap, which vanishes when it is closed. */
export const MEMORY_PATH = ':memory:'

/** Bytes kept for the fence word after the data: a whole element of any typed array, so that each fits the buffer. */
const FENCE_SLOT_BYTES = 8
/** The smallest capacity: a store that stays small never copies when it grows. */
const MIN_CAPACITY_BYTES = 4096
/** As in a mapped region, the fence word comes on top. */
const MAX_CAPACITY_BYTES =
  Math.floor(constants.MAX_LENGTH / FENCE_SLOT_BYTES) * FENCE_SLOT_BYTES - FENCE_SLOT_BYTES

export class HeapRegion implements Region {
  readonly #path: string
  #buffer = new ArrayBuffer(MIN_CAPACITY_BYTES + FENCE_SLOT_BYTES)
  #sizeBytes = 0
  #closed = false

  /** @param path - for messages */
  constructor(path = MEMORY_PATH) {
    this.#path = path
  }

  get buffer(): ArrayBuffer {
    return this.#buffer
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get fenceOffsetBytes(): number {
    return this.#buffer.byteLength - FENCE_SLOT_BYTES
  }

  grow(sizeBytes: number): boolean {
    this.#assertOpen()
    if (sizeBytes <= this.#sizeBytes) return false
    const replaced = !(sizeBytes <= this.fenceOffsetBytes)
    if (replaced) this.#replaceBuffer(sizeBytes)
    this.#sizeBytes = sizeBytes
    return replaced
  }

  /** No other process can grow it. */
  follow(): boolean {
    this.#assertOpen()
    return false
  }

  view(offsetBytes: number, lengthBytes: number): Uint8Array {
    this.#assertOpen()
    return new Uint8Array(this.#buffer, offsetBytes, lengthBytes)
  }

  sync(): void {
    this.#assertOpen()
  }

  async flush(): Promise<void> {
    this.#assertOpen()
  }

  /** Views that a user kept stay valid: they show ordinary memory, which the region no longer refers to. */
  close(): void {
    this.#closed = true
    this.#buffer = emptyBuffer()
    this.#sizeBytes = 0
  }

  /** Doubles, so that on average each appended record is copied once. */
  #replaceBuffer(sizeBytes: number): void {
    if (!(sizeBytes <= MAX_CAPACITY_BYTES)) {
      throw new MmapForgeError(
        'ERR_TOO_LARGE',
        `${sizeBytes} bytes are more than an ArrayBuffer of this runtime can hold (${MAX_CAPACITY_BYTES}); ` +
          'use a file, or Node.js 22 or newer',
        { path: this.#path },
      )
    }
    const leastBytes = alignUp(sizeBytes, FENCE_SLOT_BYTES)
    const preferredBytes = Math.min(MAX_CAPACITY_BYTES, Math.max(leastBytes, 2 * this.fenceOffsetBytes))
    const buffer = this.#allocate(preferredBytes) ?? this.#allocate(leastBytes)
    if (buffer === undefined) {
      throw new MmapForgeError(
        'ERR_NO_SPACE',
        `no memory to grow from ${this.#sizeBytes} to ${sizeBytes} bytes; use a file instead, or free some memory`,
        { path: this.#path },
      )
    }
    new Uint8Array(buffer).set(new Uint8Array(this.#buffer, 0, this.#sizeBytes))
    this.#buffer = buffer
  }

  #allocate(capacityBytes: number): ArrayBuffer | undefined {
    try {
      return new ArrayBuffer(capacityBytes + FENCE_SLOT_BYTES)
    } catch (error) {
      if (isBuiltInError(error, 'RangeError')) return undefined
      throw error
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw closedError(this.#path)
  }
}

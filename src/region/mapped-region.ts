/** A region that maps a file, for stores on disk. */
import { MmapForgeError } from '../errors.ts'
import { nativeOs } from '../os/native-os.ts'
import type { AccessPattern, NativeOs } from '../os/os.ts'
import { takeAll } from '../os/undo.ts'
import type { ReservedRange } from './address-range.ts'
import { closedError } from './closed.ts'
import { FileHandle } from './file-handle.ts'
import { FileMapping, type FileMappingOptions, type NextMapping } from './file-mapping.ts'
import { growFile } from './grow-file.ts'
import type { Region } from './region.ts'

export interface MappedRegionOptions {
  /** The descriptor is open for reading only: the region does not grow, and a store to `buffer` ends the process. */
  readonly readOnly: boolean
  /**
   * Bytes of the file to reserve address space for, rounded up to pages: up to there growth leaves `buffer` in place. A
   * hint, reduced to what the runtime and the system allow. By default 128 MiB, or a quarter more than the file.
   */
  readonly reserveBytes?: number | undefined
  /** A range to map the file in, if the file fits; given back with the file. */
  readonly range?: ReservedRange | undefined
  /** The size of the file, if the caller has just asked for it. */
  readonly sizeBytes?: number | undefined
  /** The order in which pages will be touched; the kernel's own guess by default. */
  readonly access?: AccessPattern | undefined
  /** The native calls; those of the platform by default. */
  readonly os?: NativeOs | undefined
}

export class MappedRegion implements Region {
  readonly #path: string
  readonly #readOnly: boolean
  readonly #os: NativeOs
  readonly #file: FileHandle
  readonly #mapping: FileMapping
  readonly #access: AccessPattern | undefined
  /** Mapped when the first view is asked for. */
  #viewMapping: FileMapping | undefined
  #sizeBytes: number
  #closed = false
  /**
   * The error of the first sync that failed. The system reports a failure once, drops what it could not write, and then
   * considers it written (fsync(2), NOTES), so that another sync would succeed.
   */
  #syncFailure: MmapForgeError | undefined

  /**
   * Maps the whole of an open file.
   *
   * @param fd - owned by the region from here on, which closes it in `close()`, when the region is garbage-collected, or if
   *   this constructor throws
   * @param path - for messages
   * @throws {MmapForgeError} `ERR_TOO_LARGE`, `ERR_NO_SPACE`, `ERR_UNSUPPORTED_PLATFORM`
   */
  constructor(fd: number, path: string, options: MappedRegionOptions) {
    this.#path = path
    this.#readOnly = options.readOnly
    this.#access = options.access
    this.#file = new FileHandle(fd, path)
    try {
      this.#os = options.os ?? nativeOs(path)
      this.#mapping = this.#newMapping({
        kind: options.readOnly ? 'read-only' : 'shared',
        reserveBytes: options.reserveBytes,
        range: options.range,
        isShown: false,
      })
      this.#sizeBytes = options.sizeBytes ?? this.#file.sizeBytes()
      make(this.#mapping, this.#sizeBytes)
    } catch (error) {
      this.#file.close()
      throw error
    }
    this.#file.closeWith(this)
  }

  get buffer(): ArrayBuffer {
    return this.#mapping.buffer
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get fenceOffsetBytes(): number {
    return this.#mapping.capacityBytes
  }

  grow(sizeBytes: number): boolean {
    this.#assertOpen()
    if (sizeBytes <= this.#sizeBytes) return false
    if (this.#readOnly) {
      throw new MmapForgeError('ERR_READ_ONLY', `can't grow to ${sizeBytes} bytes; open it for writing`, {
        path: this.#path,
      })
    }
    const fileBytes = this.#fileBytes()
    const targetBytes = Math.max(sizeBytes, fileBytes)
    // The address space first, the file last: once the file has changed, nothing can fail.
    const next = this.#mapping.prepare(targetBytes)
    try {
      if (fileBytes < targetBytes) this.#growFile(fileBytes, targetBytes)
    } catch (error) {
      this.#mapping.abandon(next, fileBytes)
      throw error
    }
    return this.#use(targetBytes, next)
  }

  follow(): boolean {
    this.#assertOpen()
    const fileBytes = this.#fileBytes()
    return this.#use(fileBytes, this.#mapping.prepare(fileBytes))
  }

  view(offsetBytes: number, lengthBytes: number): Uint8Array {
    this.#assertOpen()
    return new Uint8Array(this.#viewBuffer(), offsetBytes, lengthBytes)
  }

  sync(): void {
    this.#assertOpen()
    if (!this.#readOnly) this.#sync()
  }

  /** Syncs all earlier stores, even if the region is closed meanwhile: it works on the file, not on the mapping. */
  async flush(): Promise<void> {
    this.#assertOpen()
    if (this.#readOnly) return
    this.#assertNoSyncFailed()
    try {
      await this.#file.hold((fd) => this.#os.syncFileAsync(fd))
    } catch (cause) {
      throw this.#rememberFailure(cause)
    }
    // The system may have reported to another sync meanwhile what it failed to write for this one.
    this.#assertNoSyncFailed()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#sizeBytes = 0
    takeAll(
      () => this.#mapping.close(),
      () => this.#viewMapping?.close(),
      () => this.#file.close(),
    )
  }

  #sync(): void {
    this.#assertNoSyncFailed()
    try {
      this.#os.syncFile(this.#file.fd)
    } catch (cause) {
      throw this.#rememberFailure(cause)
    }
  }

  #assertNoSyncFailed(): void {
    const cause = this.#syncFailure
    if (cause !== undefined) throw this.#syncFailed('an earlier sync has failed', cause)
  }

  /** @returns the error to throw */
  #rememberFailure(cause: unknown): MmapForgeError {
    const error = this.#syncFailed(
      `the disk did not take all that was stored (${(cause as Error).message})`,
      cause,
    )
    this.#syncFailure ??= error
    return error
  }

  #syncFailed(what: string, cause: unknown): MmapForgeError {
    const advice =
      'what of it was lost no later sync can tell; close the store, open it anew, and check what it holds'
    return new MmapForgeError('ERR_SYNC_FAILED', `${what}: ${advice}`, { path: this.#path, cause })
  }

  #growFile(fromBytes: number, toBytes: number): void {
    const file = { fd: this.#file.fd, path: this.#path, sync: () => this.#sync() }
    growFile(this.#os, file, fromBytes, toBytes)
  }

  /**
   * The buffer of users' views, which is a mapping of its own. A user may keep a view for longer than the store is open, so
   * the range under it can't be used again; the range that the store itself uses can. Besides, in a read-only store a write
   * to the pages that the store reads would end the process; here it makes a private copy of its page, which no longer
   * follows the file.
   */
  #viewBuffer(): ArrayBuffer {
    this.#viewMapping ??= this.#newMapping({
      kind: this.#readOnly ? 'copy-on-write' : 'shared',
      // No larger, since runtimes copy the whole buffer of a view that is posted to a worker.
      reserveBytes: this.#sizeBytes,
      isShown: true,
    })
    make(this.#viewMapping, this.#sizeBytes)
    return this.#viewMapping.buffer
  }

  #newMapping(how: Pick<FileMappingOptions, 'kind' | 'reserveBytes' | 'range' | 'isShown'>): FileMapping {
    return new FileMapping({
      os: this.#os,
      fd: this.#file.fd,
      path: this.#path,
      access: this.#access,
      ...how,
    })
  }

  #use(sizeBytes: number, next: NextMapping | undefined): boolean {
    // The size last: the stack may be exhausted here by a caller's recursion, and what the size covers must be mapped.
    if (next !== undefined) this.#mapping.adopt(next)
    this.#sizeBytes = sizeBytes
    return next !== undefined
  }

  /** The current size of the file, which other processes may have grown. */
  #fileBytes(): number {
    const fileBytes = this.#file.sizeBytes()
    if (fileBytes >= this.#sizeBytes) return fileBytes
    throw new MmapForgeError(
      'ERR_CORRUPTED',
      `the file was cut from ${this.#sizeBytes} to ${fileBytes} bytes while it was mapped; close the store, since ` +
        'reading what is gone ends the process, and restore the file',
      { path: this.#path },
    )
  }

  #assertOpen(): void {
    if (this.#closed) throw closedError(this.#path)
  }
}

/** Makes a mapping cover the first `sizeBytes` of the file. */
function make(mapping: FileMapping, sizeBytes: number): void {
  const next = mapping.prepare(sizeBytes)
  if (next !== undefined) mapping.adopt(next)
}

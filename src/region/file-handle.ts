/** An open file that is closed exactly once: by its owner, or else when the owner is garbage-collected. */
import { closeSync, fstatSync } from 'node:fs'
import { onFile } from '../os/system-error.ts'

/**
 * Owns a file descriptor. A task on another thread holds it open: otherwise the descriptor could be closed, and its number
 * given to another file, before the task uses it.
 */
export class FileHandle {
  readonly fd: number
  readonly #path: string
  #tasks = 0
  #wanted = true
  #closed = false

  /** @param path for messages */
  constructor(fd: number, path: string) {
    this.fd = fd
    this.#path = path
  }

  /** The size of the file in bytes, as it is now. */
  sizeBytes(): number {
    return onFile(this.#path, () => fstatSync(this.fd).size)
  }

  /** Runs a task, and holds the descriptor open until it ends, even if `close` is called meanwhile. */
  async hold<T>(task: (fd: number) => Promise<T>): Promise<T> {
    this.#tasks++
    try {
      return await task(this.fd)
    } finally {
      this.#tasks--
      this.#closeIfUnused()
    }
  }

  /** Closes the descriptor, at once or when the last task has ended. Idempotent. */
  close(): void {
    this.#wanted = false
    this.#closeIfUnused()
  }

  /** Closes the descriptor when `owner`, which must not be reachable from this handle, has been garbage-collected. */
  closeWith(owner: object): void {
    whenCollected.register(owner, this, this)
  }

  #closeIfUnused(): void {
    if (this.#wanted || this.#tasks > 0 || this.#closed) return
    this.#closed = true
    // Otherwise the registry keeps its entry until it has reported, which code that never pauses delays.
    whenCollected.unregister(this)
    onFile(this.#path, () => closeSync(this.fd))
  }
}

const whenCollected = new FinalizationRegistry<FileHandle>((handle) => {
  try {
    handle.close()
  } catch {
    // Nobody is left to be told; thrown here, it would end the process.
  }
})

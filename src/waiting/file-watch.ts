/** Receives notice of changes: a watch on a file, or a folder, of each write to which the system notifies. */
import { watch } from 'node:fs'
import { isSameFile } from '../os/files.ts'

/** The part of `fs.FSWatcher` that is used: our own type, for users without Node's types. */
export interface Watcher {
  unref(): unknown
  on(event: 'error', listener: () => void): unknown
  close(): void
}

type OnEvent = (type: string, name: string | null) => void

/** `fs.watch`, or a test's replacement. */
export type Watch = (path: string, options: { persistent: boolean }, onEvent: OnEvent) => Watcher

/** A watch that is open only while there are waits: the number of watches is limited system-wide. */
export class FileWatch {
  readonly #onEvent: OnEvent
  readonly #watch: Watch
  #watcher: Watcher | undefined

  constructor(onEvent: OnEvent, how: Watch = watch) {
    this.#onEvent = onEvent
    this.#watch = how
  }

  /** Whether notices are received. */
  get isOpen(): boolean {
    return this.#watcher !== undefined
  }

  /**
   * Watches a file, if possible: not every system or file system notifies, and the watches may be used up.
   *
   * @param fd where a certain file is meant, which need not have the name any more
   */
  open(path: string, fd?: number): void {
    try {
      const watcher = this.#watch(path, { persistent: false }, this.#onEvent)
      this.#watcher = watcher
      // Deno does not heed `persistent`.
      watcher.unref()
      // Some limits are reported only later; the watch is closed by then.
      watcher.on('error', () => {
        if (this.#watcher === watcher) this.close()
      })
      // Another file may have taken the name: writes to ours would then go unnoticed.
      if (fd !== undefined && !isSameFile(fd, path)) this.close()
    } catch {
      this.close()
    }
  }

  close(): void {
    const watcher = this.#watcher
    this.#watcher = undefined
    try {
      watcher?.close()
    } catch {
      // It was closed by its error.
    }
  }
}

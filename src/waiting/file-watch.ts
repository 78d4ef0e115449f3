/** Hears of changes: a watch on a file, or a folder, which the system tells of each write to it. */
import { watch } from 'node:fs'
import { isSameFile } from '../os/files.ts'

/** What is used of an `fs.FSWatcher`: a type of our own, for users who have no types of Node's. */
export interface Watcher {
  unref(): unknown
  on(event: 'error', listener: () => void): unknown
  close(): void
}

type OnEvent = (type: string, name: string | null) => void

/** `fs.watch`, or what a test puts in its place. */
export type Watch = (path: string, options: { persistent: boolean }, onEvent: OnEvent) => Watcher

/** A watch that is open only while somebody waits: the system has a limited number of them. */
export class FileWatch {
  readonly #onEvent: OnEvent
  readonly #watch: Watch
  #watcher: Watcher | undefined

  constructor(onEvent: OnEvent, how: Watch = watch) {
    this.#onEvent = onEvent
    this.#watch = how
  }

  /** Whether changes are heard of. */
  get isOpen(): boolean {
    return this.#watcher !== undefined
  }

  /**
   * Watches a file, if it can be done: not every system, nor every file system, tells, and the watches may be used up.
   *
   * @param fd where a certain file is meant, which need not have the name any more
   */
  open(path: string, fd?: number): void {
    try {
      const watcher = this.#watch(path, { persistent: false }, this.#onEvent)
      this.#watcher = watcher
      // Deno does not heed `persistent`.
      watcher.unref()
      // Some limits are met only later; it is closed by then.
      watcher.on('error', () => {
        if (this.#watcher === watcher) this.close()
      })
      // Another file may have taken the name: this one is written to all the same, but nobody would hear of it.
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

/** Hears of wake-ups: a watch on the wake file, which the system tells of each write to it. */
import { watch } from 'node:fs'
import { isSameFile } from '../os/files.ts'
import type { WakeFile } from './wake-file.ts'

/** What is used of an `fs.FSWatcher`: a type of our own, for users who have no types of Node's. */
export interface Watcher {
  unref(): unknown
  on(event: 'error', listener: () => void): unknown
  close(): void
}

/** `fs.watch`, or what a test puts in its place. */
export type Watch = (path: string, options: { persistent: boolean }, onEvent: () => void) => Watcher

/** The watch of one store, open only while somebody waits: the system has a limited number of them. */
export class FileWatch {
  readonly #onWake: () => void
  readonly #watch: Watch
  #watcher: Watcher | undefined

  constructor(onWake: () => void, how: Watch = watch) {
    this.#onWake = onWake
    this.#watch = how
  }

  /** Whether wake-ups are heard of. */
  get isOpen(): boolean {
    return this.#watcher !== undefined
  }

  /** Watches a file, if it can be done: not every system, nor every file system, tells, and the watches may be used up. */
  open({ path, fd }: WakeFile): void {
    try {
      const watcher = this.#watch(path, { persistent: false }, this.#onWake)
      this.#watcher = watcher
      // Deno does not heed `persistent`.
      watcher.unref()
      // Some limits are met only later; it is closed by then.
      watcher.on('error', () => {
        if (this.#watcher === watcher) this.close()
      })
      // Another file may have taken the name: this one is written to all the same, but nobody would hear of it.
      if (!isSameFile(fd, path)) this.close()
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

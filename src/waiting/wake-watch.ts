/** Receives wake-ups: a watch on the wake file, which the system notifies of each write. */
import { watch } from 'node:fs'
import { isSameFile } from '../os/files.ts'
import type { WakeFile } from './wake-file.ts'

/** The part of `fs.FSWatcher` that is used: our own type, for users without Node's types. */
export interface Watcher {
  unref(): unknown
  on(event: 'error', listener: () => void): unknown
  close(): void
}

/** `fs.watch`, or a test's replacement. */
export type Watch = (path: string, options: { persistent: boolean }, onEvent: () => void) => Watcher

/** The watch of one store, open only while there are waits: the number of watches is limited system-wide. */
export class WakeWatch {
  readonly #onWake: () => void
  readonly #watch: Watch
  #watcher: Watcher | undefined

  constructor(onWake: () => void, how: Watch = watch) {
    this.#onWake = onWake
    this.#watch = how
  }

  /** Whether wake-ups are received. */
  get isOpen(): boolean {
    return this.#watcher !== undefined
  }

  /** Watches a file, if possible: not every system or file system notifies, and the watches may be used up. */
  open({ path, fd }: WakeFile): void {
    try {
      const watcher = this.#watch(path, { persistent: false }, this.#onWake)
      this.#watcher = watcher
      // Deno does not heed `persistent`.
      watcher.unref()
      // Some limits are reported only later; the watch is closed by then.
      watcher.on('error', () => {
        if (this.#watcher === watcher) this.close()
      })
      // Another file may have taken the name: writes to ours would then go unnoticed.
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

/** An open file and the name that it was opened by, which need not lead to it any more. */
import { fstatSync } from 'node:fs'
import { resolve } from 'node:path'
import { leadsTo } from './files.ts'
import { isSystemError } from './system-error.ts'

export class NamedFile {
  readonly fd: number
  /** Absolute: the process may go to another folder. */
  readonly path: string
  /** Whether the file system counts the names of its files: some always say 0. */
  #isCounted = false

  /** @param fd of somebody else's, who closes it */
  constructor(fd: number, path: string) {
    this.fd = fd
    this.path = resolve(path)
  }

  /**
   * Whether the name is gone, or leads to another file: this one was deleted, moved or replaced, or a folder or a symbolic link
   * on the way to it. Where the system does not tell, nothing has happened to it.
   */
  get isOrphaned(): boolean {
    try {
      const stat = fstatSync(this.fd, { bigint: true })
      const hasNone = stat.nlink === 0n
      if (!hasNone) this.#isCounted = true
      // A file that was mounted by itself keeps its name there when it is deleted.
      return (hasNone && this.#isCounted) || !leadsTo(this.path, stat)
    } catch (error) {
      return isSystemError(error, 'ENOTDIR')
    }
  }
}

/** Waits for something to come to a path, or to change there, without blocking: by a watch on its folder, and by looking. */
import { statSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'
import { clearTimeout, setTimeout } from 'node:timers'
import { onAbort } from './abort.ts'
import { FileWatch, type Watch } from './file-watch.ts'
import type { CheckedWait } from './waits.ts'
import { untilLookMs } from './wake-hub.ts'

/**
 * The longest delay of a look once something has been heard. The first comes at once; where each is followed by another
 * noise, be it its own, they become rarer.
 */
const HEARD_LOOK_MAX_MS = 20

/** Deno opens whatever comes into a folder that it watches, and waits for ever for the peer of a FIFO, also when it ends. */
const watchFolder = 'Deno' in globalThis ? undefined : watch

export class PathWatch {
  readonly #path: string
  readonly #watch: FileWatch | undefined
  /** What is watched: which folder, and which of all those that have had its name. */
  #watched = ''
  /** The part of the path that is to come, or to change, there. */
  #name = ''
  #onEvent: (() => void) | undefined
  /** Looks in a row that have found nothing new: all of them, and the last ones of which something had been heard. */
  #looks = 0
  #heardLooks = 0

  /** @param path absolute */
  constructor(path: string, how: Watch | undefined = watchFolder) {
    this.#path = path
    const hear = (_: string, name: string | null): void => {
      // The files beside a store begin with its name.
      if (name === null || name.startsWith(this.#name)) this.#onEvent?.()
    }
    this.#watch = how && new FileWatch(hear, how)
  }

  /** To be called before each look: what comes after it is heard of. */
  attend(): void {
    if (this.#watch === undefined) return
    const { folder, name, inode } = nearestFolder(this.#path)
    const watched = `${inode} ${folder}`
    this.#name = name
    if (this.#watch.isOpen && watched === this.#watched) return
    this.#watch.close()
    this.#watch.open(folder)
    this.#watched = watched
  }

  /** A look has found something new: the next ones come soon. */
  hasChanged(): void {
    this.#looks = 0
    this.#heardLooks = 0
  }

  /**
   * Waits until it is time to look again.
   *
   * @throws the reason of the signal
   */
  async pause(withinMs: number, { signal, ref }: Pick<CheckedWait, 'signal' | 'ref'>): Promise<void> {
    const quietMs = Math.min(withinMs, untilLookMs(this.#looks, this.#watch?.isOpen === true))
    const heardMs = Math.min(quietMs, untilLookMs(this.#heardLooks, true), HEARD_LOOK_MAX_MS)
    let isHeard = false
    let undo: (() => void) | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      await new Promise<void>((resolve, reject) => {
        const lookIn = (delayMs: number): void => {
          clearTimeout(timer)
          timer = setTimeout(resolve, delayMs)
          if (!ref) timer.unref()
        }
        lookIn(quietMs)
        this.#onEvent = () => {
          if (!isHeard) lookIn(heardMs)
          isHeard = true
        }
        undo = signal && onAbort(signal, () => reject(signal.reason))
      })
    } finally {
      this.#onEvent = undefined
      clearTimeout(timer)
      undo?.()
    }
    this.#looks++
    this.#heardLooks = isHeard ? this.#heardLooks + 1 : 0
  }

  close(): void {
    this.#watch?.close()
  }
}

/** The folder of a path, or the nearest above it that there is. */
function nearestFolder(path: string): { folder: string; name: string; inode: bigint | undefined } {
  const folder = dirname(path)
  const inode = inodeOf(folder)
  const isThere = inode !== undefined || folder === path
  return isThere ? { folder, name: basename(path), inode } : nearestFolder(folder)
}

function inodeOf(folder: string): bigint | undefined {
  try {
    return statSync(folder, { bigint: true }).ino
  } catch {
    // Whatever the reason: there is nothing to be heard there.
    return undefined
  }
}

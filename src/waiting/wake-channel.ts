/**
 * Between the writers of a store and those who wait for them: what is waited for, and how to wake. In a file's store it
 * is the file beside it, which is opened when it is first needed: at the first write, or when somebody waits.
 *
 * A waiter says what it waits for, looks whether it is there already, and sleeps. A writer stores, and then looks
 * whether somebody waits. Each may miss the other only where the writer's store is still in its processor's buffer
 * when it looks: there is no barrier in between, since it would cost every write more than it has to. So a waiter looks
 * once more a little later, and from time to time for as long as it waits.
 *
 * Nobody counts waiters. A writer that wakes takes away what was waited for, and who still waits says so again; one that
 * died has left at most one wake-up for nobody.
 */
import { resolve } from 'node:path'
import { CHANGES_WORD, WANTED_LENGTH_WORD } from '../format/wake.ts'
import { loadShared } from '../protocol/seqlock.ts'
import { MEMORY_PATH } from '../region/heap-region.ts'
import { openWakeFile, type WakeFile } from './wake-file.ts'

/** Words enough to stand in place of a file's: those of a store in memory, or of one that has no file to open. */
const WORD_COUNT = CHANGES_WORD + 2

/** Words that make the first append come to open the file: somebody waits for it. */
function unopenedWords(): Int32Array {
  const words = new Int32Array(WORD_COUNT)
  words[WANTED_LENGTH_WORD] = 1
  return words
}

// What a module exports V8 looks up anew at each use; every append asks.
const WANTED = WANTED_LENGTH_WORD

export class WakeChannel {
  /** Where this store's own waiters are told, in the same thread. */
  onWake: (() => void) | undefined
  readonly #path: string | undefined
  private words = unopenedWords()
  #fence = WORD_COUNT - 1
  #file: WakeFile | undefined
  #isOpened = false

  /** @param path of the store, symbolic links resolved; one in memory is nobody else's */
  constructor(path: string) {
    // The process may have gone to another folder when the file is opened.
    this.#path = path === MEMORY_PATH ? undefined : resolve(path)
  }

  /** The file, where there is one to watch. */
  get file(): WakeFile | undefined {
    return this.#file
  }

  /** Whether there is nobody to wake but this store's own waiters. */
  get isPrivate(): boolean {
    return this.#path === undefined
  }

  /** Opens the file, the first time only. */
  openOnce(): void {
    if (!this.#isOpened) this.open()
  }

  /** Opens the file if it is not; a waiter tries anew each time it begins to wait. */
  open(): void {
    this.#isOpened = true
    if (this.#file !== undefined) return
    this.#file = this.#path === undefined ? undefined : openWakeFile(this.#path)
    this.words = this.#file?.words ?? new Int32Array(WORD_COUNT)
    this.#fence = this.#file?.fence ?? WORD_COUNT - 1
  }

  /** Whether somebody waits for the store to have `length` records, or fewer. */
  isLengthAwaited(length: number): boolean {
    // A plain load, which no compiler takes from before the store of the count just made: that is one to an array of this
    // type, and as far as it knows to this very word.
    const wanted = this.words[WANTED] as number
    return wanted !== 0 && wanted >>> 0 <= length
  }

  /** Whether somebody waits for records to change. */
  areChangesAwaited(): boolean {
    return loadShared(this.words, CHANGES_WORD, this.#fence) !== 0
  }

  /** Says that somebody waits for the store to have `length` records. */
  awaitLength(length: number): void {
    const words = this.words
    for (;;) {
      const wanted = Atomics.load(words, WANTED_LENGTH_WORD)
      if (wanted !== 0 && wanted >>> 0 <= length) return
      if (Atomics.compareExchange(words, WANTED_LENGTH_WORD, wanted, length | 0) === wanted) return
    }
  }

  /** Says that somebody waits for records to change. */
  awaitChanges(): void {
    if (Atomics.load(this.words, CHANGES_WORD) === 0) Atomics.store(this.words, CHANGES_WORD, 1)
  }

  /** Wakes everybody. Never throws: the write that was made stands, and waiters look for themselves from time to time. */
  wake(): void {
    try {
      if (!this.#isOpened) {
        this.open()
        if (!this.areChangesAwaited() && this.words[WANTED_LENGTH_WORD] === 0) return
      }
      Atomics.store(this.words, WANTED_LENGTH_WORD, 0)
      Atomics.store(this.words, CHANGES_WORD, 0)
      this.onWake?.()
      this.#file?.wake()
    } catch {
      // See above.
    }
  }

  close(): void {
    this.onWake = undefined
    this.#isOpened = true
    this.words = new Int32Array(WORD_COUNT)
    this.#fence = WORD_COUNT - 1
    const file = this.#file
    this.#file = undefined
    file?.close()
  }
}

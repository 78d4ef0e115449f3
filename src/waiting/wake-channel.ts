/**
 * The channel between the writers of a store and its waiters: what is awaited, and how to wake. A store in a file uses
 * the wake file beside it, which is opened when it is first needed: at the first write, or at the first wait.
 *
 * A waiter announces what it waits for, checks whether that is there already, and sleeps. A writer stores, and then checks
 * whether anyone is waiting. The two can miss each other only if the writer's store is still in its processor's store
 * buffer when it checks: there is no barrier in between, because every write would pay for it. So a waiter checks once
 * more a little later, and then from time to time for as long as it waits.
 *
 * Waiters are not counted. A writer that wakes them clears what was announced, and those that still wait announce it
 * again; a waiter that died has caused at most one needless wake-up.
 */
import { resolve } from 'node:path'
import { CHANGES_WORD, RETIRED_WORD, WANTED_LENGTH_WORD } from '../format/wake.ts'
import { RACE_TRIES } from '../protocol/patience.ts'
import { loadShared } from '../protocol/seqlock.ts'
import { MEMORY_PATH } from '../region/heap-region.ts'
import { openWakeFile, type WakeFile } from './wake-file.ts'

/** Words that replace the file's, for a store in memory, or one whose wake file can't be opened. */
const WORD_COUNT = RETIRED_WORD + 2

/** Words that say that somebody waits, so that the first append opens the file. */
function unopenedWords(): Int32Array {
  const words = new Int32Array(WORD_COUNT)
  words[WANTED_LENGTH_WORD] = 1
  return words
}

// What a module exports V8 looks up anew at each use; every append asks.
const WANTED = WANTED_LENGTH_WORD

export class WakeChannel {
  /** Wakes this store's own waiters, in the same thread. */
  onWake: (() => void) | undefined
  readonly #path: string | undefined
  private words = unopenedWords()
  #fence = WORD_COUNT - 1
  #file: WakeFile | undefined
  #isOpened = false

  /** @param path of the store, symbolic links resolved; a store in memory has no other users */
  constructor(path: string) {
    // The working directory may have changed by the time that the file is opened.
    this.#path = path === MEMORY_PATH ? undefined : resolve(path)
  }

  /** The wake file; undefined if there is none to watch. */
  get file(): WakeFile | undefined {
    return this.#file
  }

  /** Whether the only waiters there can be are this store's own. */
  get isPrivate(): boolean {
    return this.#path === undefined
  }

  /** Opens the file, only the first time. */
  openOnce(): void {
    if (!this.#isOpened) this.open()
  }

  /** Opens the file if it is not open; a waiter tries again whenever it begins to wait. */
  open(): void {
    this.#isOpened = true
    if (this.#file !== undefined) return
    this.#use(this.#path === undefined ? undefined : openWakeFile(this.#path))
    // It has the name.
    if (Atomics.load(this.words, RETIRED_WORD) !== 0) Atomics.store(this.words, RETIRED_WORD, 0)
  }

  /**
   * Leaves a file that has lost its name for the one that has it now, which is made if need be. Writers follow when they next
   * write. For a waiter whose store is in its place.
   *
   * @returns whether there is another file now
   */
  rejoin(): boolean {
    if (this.#file?.named.isOrphaned !== true) return false
    this.#reopen()
    return true
  }

  #reopen(): void {
    const file = this.#file
    this.#retire()
    this.#file = undefined
    this.open()
    file?.close()
  }

  /** Has everybody who has the file open come to wake somebody, and find that it is the wrong one. */
  #retire(): void {
    for (const word of [RETIRED_WORD, WANTED_LENGTH_WORD, CHANGES_WORD]) Atomics.store(this.words, word, 1)
  }

  /** Whether somebody waits for the store to have `length` records, or fewer. */
  isLengthAwaited(length: number): boolean {
    // A plain load, which no compiler moves before the store of the count: that goes to an array of the same type, and for
    // all it knows to this very word.
    const wanted = this.words[WANTED] as number
    return wanted !== 0 && wanted >>> 0 <= length
  }

  /** Whether somebody waits for records to change. */
  areChangesAwaited(): boolean {
    return loadShared(this.words, CHANGES_WORD, this.#fence) !== 0
  }

  /** Announces a wait for the store to have `length` records. */
  awaitLength(length: number): void {
    const words = this.words
    // Whoever comes first in between changes the word, so that some of these succeed; and waiters look for themselves too.
    for (let tries = 0; tries < RACE_TRIES; tries++) {
      const wanted = Atomics.load(words, WANTED_LENGTH_WORD)
      if (wanted !== 0 && wanted >>> 0 <= length) return
      if (Atomics.compareExchange(words, WANTED_LENGTH_WORD, wanted, length | 0) === wanted) return
    }
  }

  /** Announces a wait for records to change. */
  awaitChanges(): void {
    if (Atomics.load(this.words, CHANGES_WORD) === 0) Atomics.store(this.words, CHANGES_WORD, 1)
  }

  /** Wakes all waiters. Never throws: the write has been made, and waiters check from time to time anyway. */
  wake(): void {
    try {
      if (!this.#isOpened) {
        this.open()
        if (!this.#isAnybodyThere()) return
      }
      this.#tell()
      // After what was waited for has been taken away: a waiter that retires the file puts it back.
      if (Atomics.load(this.words, RETIRED_WORD) === 0) return
      this.#reopen()
      if (this.#isAnybodyThere()) this.#tell()
    } catch {
      // See above.
    }
  }

  #isAnybodyThere(): boolean {
    return this.areChangesAwaited() || this.words[WANTED_LENGTH_WORD] !== 0
  }

  #tell(): void {
    Atomics.store(this.words, WANTED_LENGTH_WORD, 0)
    Atomics.store(this.words, CHANGES_WORD, 0)
    this.onWake?.()
    this.#file?.wake()
  }

  close(): void {
    this.onWake = undefined
    this.#isOpened = true
    const file = this.#file
    this.#use(undefined)
    file?.close()
  }

  #use(file: WakeFile | undefined): void {
    this.#file = file
    this.words = file?.words ?? new Int32Array(WORD_COUNT)
    this.#fence = file?.fence ?? WORD_COUNT - 1
  }
}

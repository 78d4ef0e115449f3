/** One writer appends at a time: a word of the journal says which one, and the lock on its slot says whether it is alive. */
import { MmapForgeError } from '../errors.ts'
import { MAX_WRITERS } from '../format/lock.ts'
import { onFile } from '../os/system-error.ts'
import { Patience } from '../protocol/patience.ts'
import { APPENDER_WORD, type Journal } from './journal.ts'
import type { WriterSlots } from './writer-slots.ts'

/** What the word holds while no writer appends. */
export const NOBODY = 0

/** What the word holds while the writer of a slot appends. */
export function appenderMark(slot: number): number {
  return slot + 1
}

export class AppendLock {
  readonly #journal: Journal
  readonly #slots: WriterSlots
  readonly #mark: number
  readonly #path: string
  readonly #timeoutMs: number

  constructor(journal: Journal, slots: WriterSlots, slot: number, path: string, timeoutMs: number) {
    this.#journal = journal
    this.#slots = slots
    this.#mark = appenderMark(slot)
    this.#path = path
    this.#timeoutMs = timeoutMs
  }

  /** @throws {MmapForgeError} `ERR_WRITER_STALLED` if a living writer holds it for longer than the timeout */
  take(): void {
    // This writer's own mark is still there if an exhausted stack cut its last append short.
    if (this.#isHeld || this.#exchange(NOBODY) === NOBODY) return
    this.#contend()
  }

  release(): void {
    if (this.#isHeld) this.#journal.store(APPENDER_WORD, NOBODY)
  }

  /** Needs no atomic load: only this writer stores its mark. */
  get #isHeld(): boolean {
    return this.#journal.words[APPENDER_WORD] === this.#mark
  }

  #contend(): void {
    const patience = new Patience(this.#timeoutMs)
    for (;;) {
      const holder = this.#exchange(NOBODY)
      if (holder === NOBODY) return
      const isLate = patience.isOver
      if ((isLate || patience.isSleepy) && onFile(this.#path, () => this.#takeFromDead(holder))) return
      if (isLate) throw this.#stalled()
      patience.pause()
    }
  }

  /** A dead writer's append never became visible, or was complete: there is nothing to undo. */
  #takeFromDead(holder: number): boolean {
    const slot = holder - appenderMark(0)
    // A value that no writer can have stored is damage, and must not block anybody.
    const isSlot = slot >= 0 && slot < MAX_WRITERS
    if (isSlot && !this.#slots.tryTake(slot)) return false
    try {
      return this.#exchange(holder) === holder
    } finally {
      if (isSlot) this.#slots.giveBack(slot)
    }
  }

  #exchange(expected: number): number {
    return Atomics.compareExchange(this.#journal.words, APPENDER_WORD, expected, this.#mark)
  }

  #stalled(): MmapForgeError {
    return new MmapForgeError(
      'ERR_WRITER_STALLED',
      `another writer has been appending for over ${this.#timeoutMs} ms: it is stopped, or in the middle of an ` +
        'appendMany; try again',
      { path: this.#path },
    )
  }
}

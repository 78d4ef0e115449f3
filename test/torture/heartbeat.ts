/**
 * The writer's account of itself, in a file that is written and read by system calls: a channel beside the mapped memory,
 * which no compiler can fold and whose word the memory must agree with.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs'

const FIELDS = [
  /** Counts pairs of store files; 0 while there is none yet. */
  'round',
  /** Counts the accounts; between two of them record 0 of both stores has been written. */
  'beat',
  /** Greatest generation that may be in any record before the next account. */
  'generationLimit',
  /** Generation that record 0 has reached or passed, in its whole-record fields. */
  'everyGenerationDone',
  'lanesGenerationDone',
  /** Records that have been appended, and records that there may be before the next account. */
  'everyCountDone',
  'everyCountLimit',
  'lanesCountDone',
  'lanesCountLimit',
] as const

export type Beat = Readonly<Record<(typeof FIELDS)[number], number>>

export const HEARTBEAT_FILE = 'heartbeat'

// Twice, since a read may fall in the middle of a write: it counts when both copies agree.
const WORDS = 2 * FIELDS.length
const SIZE_BYTES = WORDS * Float64Array.BYTES_PER_ELEMENT

export class Heartbeat {
  readonly #fd: number
  readonly #words = new Float64Array(WORDS)
  readonly #bytes = new Uint8Array(this.#words.buffer)

  constructor(path: string, mode: 'write' | 'read') {
    this.#fd = openSync(path, mode === 'write' ? 'w' : 'r')
  }

  write(beat: Beat): void {
    FIELDS.forEach((field, i) => {
      this.#words[i] = beat[field]
      this.#words[FIELDS.length + i] = beat[field]
    })
    writeSync(this.#fd, this.#bytes, 0, SIZE_BYTES, 0)
  }

  /** Zeros where the writer has not written yet. */
  read(): Beat {
    for (;;) {
      if (readSync(this.#fd, this.#bytes, 0, SIZE_BYTES, 0) < SIZE_BYTES) this.#words.fill(0)
      if (FIELDS.every((_, i) => this.#words[i] === this.#words[FIELDS.length + i])) break
    }
    return Object.fromEntries(FIELDS.map((field, i) => [field, this.#words[i]])) as Beat
  }

  close(): void {
    closeSync(this.#fd)
  }
}

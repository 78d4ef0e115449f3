/** Reads a participant's report file as it grows. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { Report } from './participant-spec.ts'

const CHUNK_BYTES = 1 << 16
const NEWLINE = 0x0a

export class ReportFile {
  readonly #path: string
  #offsetBytes = 0

  constructor(path: string) {
    this.#path = path
  }

  /** The reports since the last call; a line that is not whole yet waits for the next. */
  next(): Report[] {
    const bytes = this.#newBytes()
    const wholeLines = bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1)
    this.#offsetBytes += wholeLines.length
    const lines = wholeLines.toString('utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as Report)
  }

  #newBytes(): Buffer {
    let fd: number
    try {
      fd = openSync(this.#path, 'r')
    } catch {
      return Buffer.alloc(0) // its writer has not started yet
    }
    try {
      const chunks: Buffer[] = []
      for (let offsetBytes = this.#offsetBytes; ; ) {
        const chunk = Buffer.alloc(CHUNK_BYTES)
        const lengthBytes = readSync(fd, chunk, 0, CHUNK_BYTES, offsetBytes)
        if (lengthBytes === 0) return Buffer.concat(chunks)
        offsetBytes += lengthBytes
        chunks.push(chunk.subarray(0, lengthBytes))
      }
    } finally {
      closeSync(fd)
    }
  }
}

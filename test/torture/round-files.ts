/** Where the stores of a round are. A round has fresh files, so that a run sees growth from the first step many times. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'

export function roundPath(directory: string, round: number, store: 'every' | 'lanes'): string {
  return join(directory, `round-${round}-${store}.mmf`)
}

/** Removes a round's files. Whoever has them mapped still reads them. */
export function removeRound(directory: string, round: number): void {
  for (const store of ['every', 'lanes'] as const) {
    for (const suffix of ['', '.schema.json', '.lock', '.journal']) {
      rmSync(roundPath(directory, round, store) + suffix, { force: true })
    }
  }
}

/** Address space to reserve: by default ample, or so little that growth has to move to a larger range again and again. */
export const RESERVES: readonly (number | undefined)[] = [undefined, 0, 2 ** 16, 2 ** 20]

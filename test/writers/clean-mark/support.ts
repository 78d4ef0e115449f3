/** Closed stores, their marks, and records made to look as if a writer had died. */
import { spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { expect } from 'vitest'
import { nativeOs } from '../../../src/os/native-os.ts'
import { bootOfMarks, cleanMark } from '../../../src/writers/clean-mark.ts'
import { TickStore } from '../../processes/stores.ts'
import { tempPath } from '../../support/temp.ts'
import { setCounter, tickFile, withFile } from '../../support/tick-files.ts'

export const RECORDS = 5
/** The record whose counter the tests make odd. */
export const STUCK = 3
export const RELEASED = [{ index: STUCK, outcome: 'released' }]
/** What a mark is. */
export const MARK = /^clean (\d+) \d+ \d+ \d+ [\da-f-]{36} \d+ \d+ *\n$/

export function newStore(path = tempPath()): string {
  return tickFile(RECORDS, { path })
}

/** The mark that the lock file holds; empty where none stands, or one that was taken. */
export function markOf(path: string): string {
  const text = readFileSync(`${path}.lock`, 'latin1')
  return text.startsWith('clean ') ? text : ''
}

/** Makes a counter odd behind the library's back. */
export function spoil(path: string): void {
  setCounter(path, STUCK, 1)
}

/** The same, with a mark that lies. */
export function spoilInSecret(path: string): void {
  spoil(path)
  markAsClean(path)
}

/**
 * Leaves a mark that is true of the file as it stands, but for what it says.
 *
 * @param boot of this start of the system
 */
export function markAsClean(path: string, recordCount = RECORDS, boot = bootOfMarks(path)): void {
  if (boot === undefined) expect.fail('this system, or this file system, leaves no marks')
  withFile(path, 'r', (fd) => {
    let mark: string | undefined
    // As the last writer does, where times are coarse.
    while (mark === undefined) mark = cleanMark(nativeOs(path), fd, boot, recordCount)
    writeFileSync(`${path}.lock`, mark)
  })
}

export function setTime(path: string, mtimeNs: bigint): void {
  const [seconds, rest] = [mtimeNs / 10n ** 9n, mtimeNs % 10n ** 9n]
  const { status } = spawnSync('touch', ['-m', '-d', `@${seconds}.${String(rest).padStart(9, '0')}`, path])
  expect(status).toBe(0)
  expect(statSync(path, { bigint: true }).mtimeNs).toBe(mtimeNs)
}

/** What opening reports; the store is closed again. */
export function recoveredBy(path: string): readonly unknown[] {
  using store = TickStore.open(path)
  expect(store.length).toBe(RECORDS)
  return [...store.recovered]
}

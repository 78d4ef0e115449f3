/** What the lock file may hold that is no mark of this file, and marks that stay true. */
import { copyFileSync, existsSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { tempPath } from '../../support/temp.ts'
import { TICK } from '../../support/tick-files.ts'
import { markOf, newStore, RELEASED, recoveredBy, setTime, spoil, spoilInSecret } from './support.ts'

describe('what is no mark of this file is none', () => {
  it.each([
    ['nothing, as the original leaves it', ''],
    ['text', 'locked by hand\n'],
    ['the start of a mark', 'clean 5 '],
    ['bytes', Uint8Array.from({ length: 200 }, (_, i) => i * 7)],
    ['zeros', new Uint8Array(300)],
    ['a very long line', 'clean '.repeat(100_000)],
  ])('%s', (_, contents) => {
    const path = newStore()
    spoilInSecret(path)
    writeFileSync(`${path}.lock`, contents)
    expect(recoveredBy(path)).toEqual(RELEASED)
    expect(markOf(path)).toMatch(/^clean 5 \d+ \d+ \d+ [\da-f-]{36} \d+ *\n$/)
    expect(recoveredBy(path)).toEqual([])
  })

  it.each([
    ['a mark with something behind it', (mark: string) => `${mark}x`],
    ['a mark with much behind it', (mark: string) => mark + ' '.repeat(300)],
    ['a mark twice', (mark: string) => mark + mark],
    ['a mark of another count', (mark: string) => mark.replace('clean 5', 'clean 6')],
    ['a mark of another start of the system', (mark: string) => mark.replace(/[\da-f]{8}-/, '01234567-')],
    ['a mark of a release that knew nothing of starts', (mark: string) => mark.replace(/ [\da-f-]{36}/, '')],
    ['a mark of a time that is not exact', (mark: string) => mark.replace(/\d( *\n)$/, ' $1')],
  ])('%s', (_, change) => {
    const path = newStore()
    spoilInSecret(path)
    writeFileSync(`${path}.lock`, change(markOf(path)))
    expect(recoveredBy(path)).toEqual(RELEASED)
  })

  it('no lock file at all', () => {
    const path = newStore()
    spoilInSecret(path)
    rmSync(`${path}.lock`)
    expect(recoveredBy(path)).toEqual(RELEASED)
  })

  it('the mark of the file of which this is a copy', () => {
    const path = newStore()
    const { mtimeNs } = statSync(path, { bigint: true })
    const copy = tempPath()
    for (const suffix of ['', '.lock', '.schema.json']) copyFileSync(path + suffix, copy + suffix)
    setTime(copy, mtimeNs)
    spoilInSecret(copy)
    expect(recoveredBy(copy)).toEqual(RELEASED)
  })

  it('the mark of a file in whose place this one was put', () => {
    const path = newStore()
    const other = newStore(`${path}.other`)
    setTime(other, statSync(path, { bigint: true }).mtimeNs)
    spoilInSecret(other)
    renameSync(other, path)
    expect(recoveredBy(path)).toEqual(RELEASED)
  })

  it('what the writer of a file left that had lost its name to this one', () => {
    const path = newStore()
    const other = newStore(`${path}.other`)
    spoil(other)
    const writer = TickStore.open(path)
    renameSync(other, path)
    writer.close()
    expect(recoveredBy(path)).toEqual(RELEASED)
  })

  it('the longer mark of a store that had this name before', () => {
    const path = tempPath()
    {
      using store = TickStore.create(path)
      store.appendMany(Array.from({ length: 1000 }, () => TICK))
    }
    rmSync(path)
    newStore(path)
    expect(markOf(path)).toMatch(/^clean 5 \d+ \d+ \d+ [\da-f-]{36} \d+ *\n$/)
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual([])
  })
})

describe('the mark is true still when the file and its lock file', () => {
  it('have been renamed', () => {
    const path = newStore()
    spoilInSecret(path)
    for (const suffix of ['', '.lock', '.schema.json']) renameSync(path + suffix, `${path}.moved${suffix}`)
    expect(recoveredBy(`${path}.moved`)).toEqual([])
  })

  it('are reached by another name', () => {
    const path = newStore()
    symlinkSync(path, `${path}.link`)
    TickStore.open(`${path}.link`).close()
    expect(existsSync(`${path}.link.lock`)).toBe(false)
    spoilInSecret(path)
    expect(recoveredBy(`${path}.link`)).toEqual([])
  })
})

/** What the lock file may hold that is no mark of this file, and marks that stay true. */
import { copyFileSync, existsSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { tempPath } from '../../support/temp.ts'
import { TICK } from '../../support/tick-files.ts'
import { MARK, markOf, newStore, RELEASED, recoveredBy, setTime, spoil, spoilInSecret } from './support.ts'

/** What a mark tells, in order. */
const PARTS = [
  'count',
  'device',
  'inode',
  'size',
  'start of the system',
  'modification time',
  'time of change',
]
type Change = [string, (mark: string) => string]

/** A mark with one of its words changed. */
function withAnother(mark: string, at: number): string {
  const words = mark.split(' ')
  words[at] = (words[at] as string).replace(/^./, (first) => (first === '1' ? '2' : '1'))
  return words.join(' ')
}

describe('what is no mark of this file is none', () => {
  it.each([
    ['nothing, as the original leaves it', ''],
    ['the start of a mark', 'clean 5 '],
    ['zeros, as a loss of power may leave them', new Uint8Array(200)],
  ])('%s', (_, contents) => {
    const path = newStore()
    spoilInSecret(path)
    writeFileSync(`${path}.lock`, contents)
    expect(recoveredBy(path)).toEqual(RELEASED)
    expect(MARK.exec(markOf(path))?.[1]).toBe('5')
    expect(recoveredBy(path)).toEqual([])
  })

  it.each([
    ['a mark that ends in a zero', (mark: string) => mark.replace(/\n$/, '\0')],
    ...PARTS.map((part, i): Change => [`a mark of another ${part}`, (mark) => withAnother(mark, i + 1)]),
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
    spoil(copy)
    setTime(copy, mtimeNs)
    expect(recoveredBy(copy)).toEqual(RELEASED)
  })

  it('the mark of a file in whose place this one was put', () => {
    const path = newStore()
    const other = newStore(`${path}.other`)
    spoil(other)
    setTime(other, statSync(path, { bigint: true }).mtimeNs)
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
    expect(MARK.exec(markOf(path))?.[1]).toBe('5')
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual([])
  })
})

describe('the mark of a file', () => {
  it('that is reached by another name is true still', () => {
    const path = newStore()
    symlinkSync(path, `${path}.link`)
    TickStore.open(`${path}.link`).close()
    expect(existsSync(`${path}.link.lock`)).toBe(false)
    spoilInSecret(path)
    expect(recoveredBy(`${path}.link`)).toEqual([])
  })

  it('that has been renamed is not believed once, and then is again', () => {
    const path = newStore()
    spoilInSecret(path)
    const { ctimeNs } = statSync(path, { bigint: true })
    do {
      for (const suffix of ['', '.lock', '.schema.json']) {
        renameSync(path + suffix, `${path}.moved${suffix}`)
        renameSync(`${path}.moved${suffix}`, path + suffix)
      }
      // Deno tells that time in seconds.
    } while (statSync(path, { bigint: true }).ctimeNs === ctimeNs)
    expect(recoveredBy(path)).toEqual(RELEASED)
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual([])
  })
})

/** Journals that are not what they should be: none ever rolls a record back to what it did not hold. */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { JOURNAL_SUFFIX, slotOffsetBytes } from '../../../src/format/journal.ts'
import { TickStore } from '../../processes/stores.ts'
import { forgeErrorOf } from '../../support/errors.ts'
import { expectError } from '../../support/expect-error.ts'
import { fastPath, tempPath } from '../../support/temp.ts'
import { counterOf, RECORD_BYTES, setCounter, TICK } from '../../support/tick-files.ts'
import { MANY, newStore, SMALL } from '../many/support.ts'
import { forgetClosing, imageOf, journalBytes, tear } from './support.ts'

const INDEX = 1
const ROLLED_BACK = [{ index: INDEX, outcome: 'rolled-back' }]
const RELEASED = [{ index: INDEX, outcome: 'released' }]
const MODES = ['one', 'many'] as const

/** A store whose writer died in a record, and the journal that it left. */
function deadStore(path = fastPath()): { path: string; journal: Buffer; torn: Buffer } {
  newStore(3, path)
  const journal = journalBytes(path, { index: INDEX, low: 5, image: imageOf(path, INDEX) })
  writeFileSync(`${path}.journal`, journal)
  die(path)
  return { path, journal, torn: imageOf(path, INDEX) }
}

function die(path: string): void {
  tear(path, INDEX)
  setCounter(path, INDEX, 5)
  forgetClosing(path)
}

/** Opens the store, as its next writer does, and closes it again; gives what was recovered. */
function recovered(path: string, writers: (typeof MODES)[number]): readonly unknown[] {
  using store = TickStore.open(path, { ...SMALL, writers })
  const torn = store.recovered.some(({ outcome }) => outcome === 'released')
  if (!torn) expect(store.get(INDEX)).toEqual({ ...TICK, volume: INDEX })
  for (const i of [0, 2]) expect(store.get(i)).toEqual({ ...TICK, volume: i })
  // Whatever stood there, the journal is as good as new.
  store.set(0, { ...TICK, volume: 0 })
  return [...store.recovered]
}

describe.each(MODES)('for the next with writers: %s,', (writers) => {
  it('the journal of a writer that died rolls its record back', () => {
    const { path } = deadStore()
    expect(recovered(path, writers)).toEqual(ROLLED_BACK)
    expect(counterOf(path, INDEX)).toEqual([6, 0])
    expect(existsSync(`${path}.journal`)).toBe(false)
    expect(recovered(path, writers)).toEqual([])
  })

  it('one that is cut short anywhere is worth what is whole of it', () => {
    const { path, journal } = deadStore()
    expect(journal).toHaveLength(slotOffsetBytes(1, RECORD_BYTES))
    for (let length = 0; length <= journal.length; length++) {
      writeFileSync(`${path}.journal`, journal.subarray(0, length))
      die(path)
      const torn = imageOf(path, INDEX)
      const expected = length === journal.length ? ROLLED_BACK : RELEASED
      expect(recovered(path, writers), `${length} bytes`).toEqual(expected)
      if (length < journal.length) expect(imageOf(path, INDEX), `${length} bytes`).toEqual(torn)
    }
  }, 60_000)

  it('one with any byte of its header changed is not this store’s, or of another release, or of another program', () => {
    const { path, journal } = deadStore()
    for (let at = 0; at < slotOffsetBytes(0, RECORD_BYTES); at++) {
      const changed = Buffer.from(journal)
      changed[at] = (changed[at] as number) ^ (1 << (at % 8))
      writeFileSync(`${path}.journal`, changed)
      die(path)
      const before = readFileSync(path)
      if (at < 8) {
        const error = forgeErrorOf(() => TickStore.open(path, { ...SMALL, writers }))
        const code = at < 4 ? 'ERR_BAD_MAGIC' : 'ERR_UNSUPPORTED_VERSION'
        expect(error).toMatchObject({ code, path: `${path}.journal` })
        expect(error.message).toContain(at < 4 ? 'move it away' : 'upgrade mmapforge, or delete it')
        expect(readFileSync(path).equals(before)).toBe(true)
        expect(readFileSync(`${path}.journal`).equals(changed)).toBe(true)
      } else {
        // Nothing is told of the id, by which the living find each other, nor of the line that says who appends: none does.
        const expected = at < 60 ? RELEASED : ROLLED_BACK
        expect(recovered(path, writers), `byte ${at}`).toEqual(expected)
        if (at < 60) expect(imageOf(path, INDEX).every((byte) => byte === 0x20)).toBe(true)
      }
    }
  }, 60_000)

  it('an earlier journal of the store that was put back rolls nothing back', () => {
    const { path, journal } = deadStore()
    expect(recovered(path, writers)).toEqual(ROLLED_BACK)
    writeFileSync(`${path}.journal`, journal)
    expect(recovered(path, writers)).toEqual([])
    writeFileSync(`${path}.journal`, journal)
    tear(path, INDEX)
    setCounter(path, INDEX, 7)
    forgetClosing(path)
    expect(recovered(path, writers)).toEqual(RELEASED)
    expect(existsSync(`${path}.journal`)).toBe(false)
  })

  it('the journal of another store of the same schema rolls nothing back', () => {
    const [one, other] = [deadStore(), deadStore()]
    renameSync(`${other.path}.journal`, `${one.path}.journal`)
    expect(recovered(one.path, writers)).toEqual(RELEASED)
    expect(imageOf(one.path, INDEX)).toEqual(one.torn)
  })

  it('a copy of store and journal is another store', () => {
    const { path, torn } = deadStore()
    const copy = fastPath()
    for (const suffix of ['', '.journal', '.schema.json']) copyFileSync(path + suffix, copy + suffix)
    expect(recovered(copy, writers)).toEqual(RELEASED)
    expect(imageOf(copy, INDEX)).toEqual(torn)
    expect(recovered(path, writers)).toEqual(ROLLED_BACK)
  })

  it('a store that was renamed with its journal is the same, and so is one by a link', () => {
    const { path } = deadStore()
    const renamed = join(dirname(path), 'renamed.mmf')
    for (const suffix of ['', '.journal', '.schema.json']) renameSync(path + suffix, renamed + suffix)
    const link = tempPath('link.mmf')
    symlinkSync(renamed, link)
    expect(recovered(link, writers)).toEqual(ROLLED_BACK)
    expect(existsSync(`${link}.journal`)).toBe(false)
  })

  it('a journal of slots that were never used, or of more than there are writers, is fine', () => {
    const { path, journal } = deadStore()
    appendFileSync(`${path}.journal`, Buffer.alloc(128 * 2000))
    expect(recovered(path, writers)).toEqual(ROLLED_BACK)
    writeFileSync(
      `${path}.journal`,
      Buffer.concat([journal.subarray(0, 128), Buffer.alloc(128 * 2000), journal.subarray(128)]),
    )
    die(path)
    expect(recovered(path, writers)).toEqual(ROLLED_BACK)
  })

  it('a journal that is no file is an error where it is needed', () => {
    const { path, torn } = deadStore()
    const journal = `${path}.journal`
    rmSync(journal)
    mkdirSync(journal)
    expect(() => TickStore.open(path, { ...SMALL, writers })).toThrow(
      expect.objectContaining({ code: 'EISDIR' }),
    )
    expect(imageOf(path, INDEX)).toEqual(torn)
    rmSync(journal, { recursive: true })
    execFileSync('mkfifo', [journal])
    const error = forgeErrorOf(() => TickStore.open(path, { ...SMALL, writers }))
    expect(error).toMatchObject({ code: 'ERR_TYPE_MISMATCH', path: journal })
    expect(error.message).toContain('the journal is not a regular file; remove it')
    expect(imageOf(path, INDEX)).toEqual(torn)
    expect(counterOf(path, INDEX)).toEqual([5, 0])
    rmSync(journal)
    expect(recovered(path, writers)).toEqual(RELEASED)
  })

  it.each([
    ['symbolic', symlinkSync],
    ['hard', linkSync],
  ])('a journal that is a %s link is refused, and nothing changes', (_, link) => {
    const { path } = deadStore()
    const journal = `${path}.journal`
    renameSync(journal, `${path}.elsewhere`)
    link(`${path}.elsewhere`, journal)
    const before = [readFileSync(path), readFileSync(`${path}.elsewhere`)]
    expectError(() => TickStore.open(path, { writers }), 'ERR_TYPE_MISMATCH', { path: journal })
    expect([readFileSync(path), readFileSync(`${path}.elsewhere`)]).toEqual(before)
    rmSync(journal)
    expect(recovered(path, writers)).toEqual(RELEASED)
  })

  it('a file of ours without a journal opens, and so does one that was left half-made', () => {
    const { path } = deadStore()
    rmSync(`${path}.journal`)
    writeFileSync(`${path}.journal.creating`, 'MMFJ')
    expect(recovered(path, writers)).toEqual(RELEASED)
    expect(existsSync(`${path}.journal.creating`)).toBe(false)
  })
})

describe('a journal that is damaged while writers have the store open', () => {
  const DAMAGES: Readonly<Record<string, [(journal: string) => void, string]>> = {
    removed: [(journal) => rmSync(journal), 'ERR_CORRUPTED'],
    'replaced by another file': [
      (journal) => {
        rmSync(journal)
        writeFileSync(journal, 'no journal')
      },
      'ERR_BAD_MAGIC',
    ],
    'overwritten at its beginning': [(journal) => overwrite(journal, 0), 'ERR_BAD_MAGIC'],
    'overwritten in its owner': [(journal) => overwrite(journal, 8), 'ERR_CORRUPTED'],
    'overwritten in its version': [(journal) => overwrite(journal, 4), 'ERR_UNSUPPORTED_VERSION'],
  }

  it.each(Object.entries(DAMAGES))(
    '%s, keeps others from joining; those who are there go on',
    (_, [damage, code]) => {
      const path = newStore()
      const [store, other] = [TickStore.open(path, MANY), TickStore.open(path, MANY)]
      damage(`${path}.journal`)
      const error = forgeErrorOf(() => TickStore.open(path, MANY))
      expect(error).toMatchObject({ code, path: path + JOURNAL_SUFFIX })
      expect(error.message).toContain(path + JOURNAL_SUFFIX)
      expect(store.addPrice(INDEX, 1)).toBe(190.5)
      expect(other.addPrice(INDEX, 1)).toBe(191.5)
      other.set(INDEX, TICK)
      expect(store.append(TICK)).toBe(3)
      expect(other.append(TICK)).toBe(4)
      for (const each of [store, other]) each.close()
      if (code !== 'ERR_CORRUPTED') rmSync(`${path}.journal`)
      using again = TickStore.open(path, MANY)
      expect([...again.records(3)]).toEqual([TICK, TICK])
      expect(again.recovered).toEqual([])
    },
  )

  it('cut short, is an error for who looks there, and not the end of the process', () => {
    const path = newStore()
    using store = TickStore.open(path, MANY)
    using other = TickStore.open(path, MANY)
    truncateSync(`${path}.journal`, 10)
    expect(basename(path)).toBe('store.mmf')
    expect(forgeErrorOf(() => TickStore.open(path, MANY)).code).toBe('ERR_CORRUPTED')
    for (const each of [store, other]) expect(each.get(0)).toEqual({ ...TICK, volume: 0 })
  })
})

function overwrite(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at] = 99
  writeFileSync(path, bytes)
}

/** The mark of a clean close: an opener that finds it true looks at no record, and one that does not looks at all. */
import {
  closeSync,
  existsSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../../processes/child.ts'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { folderState } from '../../support/folder-state.ts'
import { tempPath } from '../../support/temp.ts'
import { TICK } from '../../support/tick-files.ts'
import { markOf, newStore, RECORDS, RELEASED, recoveredBy, setTime, spoil, spoilInSecret } from './support.ts'

describe('after a clean close', () => {
  it('the next opener looks at no record', () => {
    const path = newStore()
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual([])
  })

  it.each(['open', 'openOrCreate'] as const)('whether it was created or came by %s', (how) => {
    const path = newStore()
    for (let round = 0; round < 3; round++) TickStore[how](path).close()
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual([])
  })

  it('whoever wrote to the file since shows in its time', () => {
    const path = newStore()
    // A time of its own, since two changes may fall in one tick of the file system's clock.
    spoil(path)
    utimesSync(path, 1, 1)
    expect(recoveredBy(path)).toEqual(RELEASED)
    expect(recoveredBy(path)).toEqual([])
  })

  it.each([
    ['count', 48, RECORDS - 1],
    ['capacity', 56, 1],
  ])('a changed %s shows, or does not matter', (what, offset, value) => {
    const path = newStore()
    const { mtimeNs } = statSync(path, { bigint: true })
    spoil(path)
    const fd = openSync(path, 'r+')
    writeSync(fd, Uint8Array.of(value), 0, 1, offset)
    closeSync(fd)
    setTime(path, mtimeNs)
    using store = TickStore.open(path)
    expect(store.recovered).toEqual(what === 'count' ? RELEASED : [])
  })

  it('a changed size shows', () => {
    const path = newStore()
    const { mtimeNs } = statSync(path, { bigint: true })
    spoil(path)
    writeFileSync(path, new Uint8Array(8), { flag: 'a' })
    setTime(path, mtimeNs)
    expect(recoveredBy(path)).toEqual(RELEASED)
  })
})

describe('the mark is gone while a writer has the store', () => {
  it('and comes back when it closes', () => {
    const path = tempPath()
    const first = TickStore.create(path)
    expect(markOf(path)).toBe('')
    first.close()
    const mark = markOf(path)
    expect(mark).toMatch(/^clean 0 \d+ \d+ \d+ [\da-f-]{36} \d+ *\n$/)
    const second = TickStore.open(path)
    expect(markOf(path)).toBe('')
    second.append(TICK)
    second.close()
    expect(markOf(path)).toMatch(/^clean 1 /)
  })

  it('and stays away when it dies, so that the next opener looks', async () => {
    const path = newStore()
    const holder = startProcess('holder.mjs', { how: 'open', path })
    await holder.next()
    holder.kill()
    await holder.ended
    expect(markOf(path)).toBe('')
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual(RELEASED)
  })

  it('and stays away when its process exits without close', async () => {
    const path = newStore()
    const holder = startProcess('holder.mjs', { how: 'open', path })
    await holder.next()
    holder.send('exit')
    await holder.ended
    expect(markOf(path)).toBe('')
  })

  it('and stays away where a write was cut short by an exhausted stack', () => {
    const path = newStore()
    const store = TickStore.open(path)
    const torn = store as unknown as { isTorn: boolean }
    expect(torn.isTorn).toBe(false)
    torn.isTorn = true
    store.close()
    expect(markOf(path)).toBe('')
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual(RELEASED)
    expect(markOf(path)).toMatch(/^clean 5 /)
  })
})

describe('openers without the lock', () => {
  it('take the mark away where they may write', () => {
    const path = newStore()
    TickStore.open(path, { writers: 'unlocked' }).close()
    expect(markOf(path)).toBe('')
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual(RELEASED)
  })

  it.each(['one', 'many'] as const)('keep the last of writers: %s from leaving one', (writers) => {
    const path = newStore()
    const store = TickStore.open(path, { writers })
    const unlocked = TickStore.open(path, { writers: 'unlocked' })
    unlocked.setPrice(0, 1)
    // It dies in a record, and no journal tells.
    spoil(path)
    store.close()
    expect(markOf(path)).toBe('')
    expect(recoveredBy(path)).toEqual(RELEASED)
    unlocked.close()
  })

  it.each([symlinkSync, linkSync])('take nothing away that a link leads to', (link) => {
    const path = newStore()
    rmSync(`${path}.lock`)
    writeFileSync(`${path}.victim`, 'a key')
    link(`${path}.victim`, `${path}.lock`)
    TickStore.open(path, { writers: 'unlocked' }).close()
    for (const writers of ['one', 'many'] as const) {
      expect(codeOf(() => TickStore.open(path, { writers }))).toBe('ERR_TYPE_MISMATCH')
    }
    expect(readFileSync(`${path}.victim`, 'utf8')).toBe('a key')
  })

  it('make no lock file, and leave an empty one alone', () => {
    const path = newStore()
    rmSync(`${path}.lock`)
    TickStore.open(path, { writers: 'unlocked' }).close()
    expect(existsSync(`${path}.lock`)).toBe(false)
    writeFileSync(`${path}.lock`, '')
    utimesSync(`${path}.lock`, 1, 1)
    TickStore.open(path, { writers: 'unlocked' }).close()
    expect(statSync(`${path}.lock`).mtimeMs).toBe(1000)
  })

  it('leave everything as it is where they only read', () => {
    const path = newStore()
    const before = folderState(dirname(path))
    TickStore.open(path, { readOnly: true }).close()
    TickStore.openOrCreate(path, { readOnly: true }).close()
    expect(folderState(dirname(path))).toEqual(before)
  })

  it('leave the mark alone where they fail', () => {
    const path = newStore()
    const mark = markOf(path)
    const bytes = readFileSync(path)
    const damages = [0, 4, 8, 40, 44].map((offset) => {
      const damaged = Buffer.from(bytes)
      damaged[offset] = 0xff
      return damaged
    })
    for (const damaged of [...damages, bytes.subarray(0, 100), bytes.subarray(0, 10)]) {
      writeFileSync(path, damaged)
      for (const options of [{}, { writers: 'unlocked' }, { readOnly: true }] as const) {
        expect(codeOf(() => TickStore.open(path, options))).toMatch(/^ERR_/)
        expect(markOf(path)).toBe(mark)
      }
    }
  })

  it('leave it alone where the lock is held: there is none', () => {
    const path = newStore()
    using _writer = TickStore.open(path)
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
    expect(markOf(path)).toBe('')
  })
})

describe('a mark that can not be left', () => {
  it('is no failure of close', () => {
    const path = newStore()
    const store = TickStore.open(path)
    store.setPrice(0, 1)
    let tries = 0
    // As on a full disk.
    const writeMark = (): void => {
      tries++
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
    }
    Object.assign((store as unknown as { opened: { locks: { lock: object } } }).opened.locks.lock, {
      writeMark,
    })
    store.close()
    expect([tries, store.closed, markOf(path)]).toEqual([1, true, ''])
    using again = TickStore.open(path)
    expect(again.getPrice(0)).toBe(1)
  })
})

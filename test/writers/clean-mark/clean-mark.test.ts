/** The mark of a clean close: an opener that finds it true looks at no record, and one that does not looks at all. */
import {
  existsSync,
  linkSync,
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
import { bootId } from '../../../src/os/boot.ts'
import { showsStores } from '../../../src/os/file-systems.ts'
import { startProcess } from '../../processes/child.ts'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { folderState } from '../../support/folder-state.ts'
import { fastPath, tempPath } from '../../support/temp.ts'
import { TICK, withFile } from '../../support/tick-files.ts'
import { imageOf, journalBytes, tear } from '../journal/support.ts'
import {
  MARK,
  markAsClean,
  markOf,
  newStore,
  RECORDS,
  RELEASED,
  recoveredBy,
  STUCK,
  setTime,
  spoil,
  spoilInSecret,
} from './support.ts'

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

  it('a changed capacity is nobody’s business', () => {
    const path = newStore()
    spoil(path)
    withFile(path, 'r+', (fd) => writeSync(fd, Uint8Array.of(1), 0, 1, 56))
    markAsClean(path)
    expect(recoveredBy(path)).toEqual([])
  })

  it('a time that was restored does not hide who wrote', () => {
    const path = newStore()
    const { mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    spoil(path)
    setTime(path, mtimeNs)
    // Deno tells that time in seconds.
    while (statSync(path, { bigint: true }).ctimeNs === ctimeNs) setTime(path, mtimeNs)
    expect(recoveredBy(path)).toEqual(RELEASED)
  })

  it('a journal beside the mark is of another time: an old lock file was put back', () => {
    const path = newStore()
    const mark = readFileSync(`${path}.lock`)
    const image = imageOf(path, STUCK)
    writeFileSync(`${path}.journal`, journalBytes(path, { index: STUCK, low: 1, image }))
    tear(path, STUCK)
    spoilInSecret(path)
    expect(recoveredBy(path)).toEqual([{ index: STUCK, outcome: 'rolled-back' }])
    expect(imageOf(path, STUCK)).toEqual(image)
    expect(existsSync(`${path}.journal`)).toBe(false)
    expect(mark).not.toEqual(readFileSync(`${path}.lock`))
  })
})

describe('where stores to a mapping do not show in the times of a file', () => {
  // tmpfs; whatever else is there may do.
  const isThere = existsSync('/dev/shm') && !showsStores('/dev/shm')

  it.runIf(isThere)('no mark is left, nor believed, and closing does not wait for one', () => {
    const path = newStore(fastPath())
    expect(readFileSync(`${path}.lock`, 'utf8')).toBe('taken')
    spoil(path)
    markAsClean(path, RECORDS, bootId())
    expect(recoveredBy(path)).toEqual(RELEASED)
    expect(recoveredBy(path)).toEqual([])
  })

  it('nothing is known of a path that leads nowhere', () => {
    expect(showsStores('/proc/nowhere')).toBe(false)
    expect(showsStores('/proc')).toBe(false)
  })
})

describe('the mark is gone while a writer has the store', () => {
  it('and comes back when it closes', () => {
    const path = tempPath()
    const first = TickStore.create(path)
    expect(markOf(path)).toBe('')
    first.close()
    const mark = markOf(path)
    expect(MARK.exec(mark)?.[1]).toBe('0')
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
    spoil(path)
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
    spoil(path)
    expect(recoveredBy(path)).toEqual(RELEASED)
    expect(markOf(path)).toMatch(/^clean 5 /)
  })
})

describe('openers without the lock', () => {
  it('take the mark away where they may write', () => {
    const path = newStore()
    TickStore.open(path, { writers: 'unlocked' }).close()
    expect(markOf(path)).toBe('')
    spoil(path)
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

/** Writers that come by two names of one file: the lock belongs to the file. */
import { copyFileSync, existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it, type TestContext } from 'vitest'
import { BESIDE } from '../processes/child.ts'
import { TickStore } from '../processes/stores.ts'
import { codeOf, forgeErrorOf } from '../support/errors.ts'
import { folderState } from '../support/folder-state.ts'
import { mountedFile, NO_MOUNT } from '../support/mounted.ts'
import { refusal } from '../support/refusal.ts'
import { tempPath } from '../support/temp.ts'
import { setCounter, TICK } from '../support/tick-files.ts'
import { MANY, newStore, releaseLocks, SMALL } from './many/support.ts'

const ONE = { ...SMALL, stallTimeoutMs: 40 } as const
const BOTH = [ONE, MANY] as const

/** Gives a store's file another name, while it is open or not; the first may be lost over it. */
const NAMES: Readonly<Record<string, (path: string, context: TestContext) => string>> = {
  'a hard link': (path) => {
    linkSync(path, `${path}.2`)
    return `${path}.2`
  },
  'a hard link in another folder': (path) => {
    const other = tempPath()
    linkSync(path, other)
    return other
  },
  'the name it was given while it was open': (path) => {
    renameSync(path, `${path}.2`)
    return `${path}.2`
  },
  'a mount of the file alone': (path, context) => {
    const other = tempPath()
    return mountedFile(path, other) ? other : context.skip(NO_MOUNT)
  },
}

describe.each(Object.entries(NAMES))('%s', (_, nameOf) => {
  it.each(BOTH)('lets no writer in beside %j, and changes nothing', (options, context) => {
    const path = newStore()
    using first = TickStore.open(path, options)
    const other = nameOf(path, context as unknown as TestContext)
    first.set(1, { ...TICK, price: 5 })
    const before = folderState(dirname(path))
    for (const each of BOTH) {
      for (const how of ['open', 'openOrCreate'] as const) {
        const error = refusal(dirname(other), () => TickStore[how](other, each))
        expect(error).toMatchObject({ code: 'ERR_LOCKED', path: other })
        expect(error.message).toContain('by another name of its file')
      }
    }
    expect(folderState(dirname(path))).toEqual(before)
    using reader = TickStore.open(other, { ...SMALL, readOnly: true })
    expect(reader.getPrice(1)).toBe(5)
    using unlocked = TickStore.open(other, { ...SMALL, writers: 'unlocked' })
    expect(unlocked.getPrice(1)).toBe(5)
    reader.close()
    unlocked.close()
    first.setPrice(1, 6)
    first.close()
    using next = TickStore.open(other, options)
    expect(next.recovered).toEqual([])
    expect(next.getPrice(1)).toBe(6)
  })

  it.each(BOTH)('leaves alone what is mid-write in a store opened with %j', (options, context) => {
    const path = newStore()
    using first = TickStore.open(path, options)
    const other = nameOf(path, context as unknown as TestContext)
    setCounter(other, 1, 5)
    const before = readFileSync(other)
    for (const each of BOTH) expect(codeOf(() => TickStore.open(other, each))).toBe('ERR_LOCKED')
    expect(readFileSync(other).equals(before)).toBe(true)
    setCounter(other, 1, 6)
    expect(first.getPrice(1)).toBe(TICK.price)
  })
})

describe.each(BESIDE)('a hard link in another %s', (_where, start) => {
  it.each(BOTH)('lets no writer in beside %j, until that is killed', async (options) => {
    const path = newStore()
    const holder = start('holder.mjs', { how: 'open', path, options })
    await holder.next()
    linkSync(path, `${path}.2`)
    for (const each of BOTH) expect(codeOf(() => TickStore.open(`${path}.2`, each))).toBe('ERR_LOCKED')
    holder.send('close')
    await holder.next()
    await holder.ended
    for (const each of BOTH) TickStore.open(`${path}.2`, each).close()
  })

  it('is refused to it', async () => {
    const path = newStore()
    linkSync(path, `${path}.2`)
    for (const options of BOTH) {
      using _first = TickStore.open(path, options)
      for (const each of BOTH) {
        const holder = start('holder.mjs', { how: 'open', path: `${path}.2`, options: each })
        expect(await holder.next()).toMatchObject({ error: 'ERR_LOCKED' })
      }
    }
  })
})

describe('many writers by two names', () => {
  it('are not taken for each other’s by a journal that an earlier one left under the second', () => {
    const path = newStore()
    linkSync(path, `${path}.2`)
    // A writer dies, who came by the second name: journal and lock file stay.
    const dead = TickStore.open(`${path}.2`, MANY)
    dead.set(0, TICK)
    releaseLocks(dead)
    expect(existsSync(`${path}.2.journal`)).toBe(true)

    using first = TickStore.open(path, MANY)
    using second = TickStore.open(path, MANY)
    for (const each of BOTH) {
      const error = refusal(dirname(path), () => TickStore.open(`${path}.2`, each))
      expect(error.message).toContain('by another name of its file')
    }
    expect([first.append(TICK), second.append(TICK)]).toEqual([3, 4])
  })

  it('nor where one writer alone has the first', () => {
    const path = newStore()
    linkSync(path, `${path}.2`)
    const dead = TickStore.open(`${path}.2`, MANY)
    releaseLocks(dead)
    using _first = TickStore.open(path, ONE)
    const error = forgeErrorOf(() => TickStore.open(`${path}.2`, MANY))
    expect(error).toMatchObject({ code: 'ERR_LOCKED' })
    expect(error.message).toContain('by another name of its file')
  })

  it('go on by the first name while others are refused by the second', () => {
    const path = newStore()
    linkSync(path, `${path}.2`)
    const stores = [TickStore.open(path, MANY)]
    for (let i = 0; i < 5; i++) {
      expect(codeOf(() => TickStore.open(`${path}.2`, MANY))).toBe('ERR_LOCKED')
      stores.push(TickStore.open(path, MANY))
    }
    for (const store of stores) store.addVolume(0, 1)
    expect(stores[0]?.getVolume(0)).toBe(stores.length)
    for (const store of stores) store.close()
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.journal'))).toEqual([])
  })

  it('are let in where all the files beside the store were renamed with it', () => {
    const path = newStore()
    using first = TickStore.open(path, MANY)
    const moved = `${path}.moved`
    for (const suffix of ['', '.lock', '.journal', '.schema.json']) renameSync(path + suffix, moved + suffix)
    using second = TickStore.open(moved, MANY)
    first.set(1, { ...TICK, price: 5 })
    expect(second.addPrice(1, 1)).toBe(6)
  })

  it('are let in again once the last of the others is gone, though it died', () => {
    const path = newStore()
    linkSync(path, `${path}.2`)
    const stores = [TickStore.open(path, MANY), TickStore.open(path, MANY)]
    for (const store of stores) {
      expect(codeOf(() => TickStore.open(`${path}.2`, MANY))).toBe('ERR_LOCKED')
      releaseLocks(store)
    }
    using _other = TickStore.open(`${path}.2`, MANY)
    expect(codeOf(() => TickStore.open(path, MANY))).toBe('ERR_LOCKED')
  })
})

it('without its lock file, a store keeps other writers out all the same', () => {
  for (const options of BOTH) {
    const path = newStore()
    using _first = TickStore.open(path, options)
    rmSync(`${path}.lock`)
    expect(codeOf(() => TickStore.open(path, ONE))).toBe('ERR_LOCKED')
    if (options === MANY) TickStore.open(path, MANY).close()
    else expect(codeOf(() => TickStore.open(path, MANY))).toBe('ERR_LOCKED')
  }
})

it('a flush that is under way when the store is closed keeps nobody out', async () => {
  const path = newStore()
  for (const options of BOTH) {
    const store = TickStore.open(path, options)
    const flushed = store.flush()
    store.close()
    TickStore.open(path, ONE).close()
    await flushed
  }
})

it('a copy is another file', () => {
  const path = newStore()
  using _first = TickStore.open(path, ONE)
  copyFileSync(path, `${path}.2`)
  using _second = TickStore.open(`${path}.2`, ONE)
})

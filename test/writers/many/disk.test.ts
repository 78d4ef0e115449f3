/** Disks without room for a journal, and folders where nothing can be made. */
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { expectError } from '../../support/expect-error.ts'
import { mounted, NO_MOUNT } from '../../support/mounted.ts'
import { refusal } from '../../support/refusal.ts'
import { counterOf, TICK } from '../../support/tick-files.ts'
import { MANY, newStore, SMALL } from './support.ts'

const INDEX = 1
const BEFORE = { ...TICK, volume: INDEX }

/** Fills a disk, but for what the test frees again. */
function fill(folder: string): { free(): void } {
  const ballast = join(folder, 'ballast')
  for (let bytes = 2 ** 18, content = Buffer.alloc(0); bytes >= 1; bytes = Math.floor(bytes / 2)) {
    const more = Buffer.concat([content, Buffer.alloc(bytes, 1)])
    try {
      writeFileSync(ballast, more)
      content = more
    } catch {
      writeFileSync(ballast, content)
    }
  }
  return { free: () => rmSync(ballast) }
}

describe('a disk without room for a journal', () => {
  it('is an error of the writes that need one, which change nothing; others go on', (context) => {
    const folder = mounted('size=256k') ?? context.skip(NO_MOUNT)
    const path = newStore(3, join(folder, 'store.mmf'))
    const disk = fill(folder)
    using store = TickStore.open(path, SMALL)
    for (const write of [
      () => store.set(INDEX, TICK),
      () => store.setSymbol(INDEX, 'x'),
      () => store.update(INDEX, { price: 1, volume: 2 }),
      () => store.modify(INDEX, (record) => ({ ...record, price: 3 })),
    ]) {
      const error = expectError(write, 'ERR_NO_SPACE', { path: `${path}.journal` })
      expect(error.message).toContain('free some space')
      expect(store.get(INDEX)).toEqual(BEFORE)
      expect(readdirSync(folder).filter((name) => name.includes('.journal'))).toEqual([])
    }
    const [counter] = counterOf(path, INDEX)
    store.setPrice(INDEX, 1)
    expect(store.addPrice(INDEX, 1)).toBe(2)
    expect(counterOf(path, INDEX)).toEqual([counter + 4, 0])
    disk.free()
    store.set(INDEX, TICK)
    expect(store.get(INDEX)).toEqual(TICK)
  })

  it('is an error of opening it as one of many writers, which leaves all as it was', (context) => {
    const folder = mounted('size=256k') ?? context.skip(NO_MOUNT)
    const path = newStore(3, join(folder, 'store.mmf'))
    const disk = fill(folder)
    for (let round = 0; round < 2; round++) {
      expectError(() => TickStore.open(path, MANY), 'ERR_NO_SPACE', { path: `${path}.journal` })
      expect(readdirSync(folder).filter((name) => name.includes('.journal'))).toEqual([])
    }
    disk.free()
    using store = TickStore.open(path, MANY)
    expect(store.get(INDEX)).toEqual(BEFORE)
    using _other = TickStore.open(path, MANY)
  })

  it('is an error of the writer whose slot does not fit, not of those who are there', (context) => {
    const folder = mounted('size=256k') ?? context.skip(NO_MOUNT)
    const path = newStore(3, join(folder, 'store.mmf'))
    const stores = [TickStore.open(path, MANY)]
    const disk = fill(folder)
    // A page of the file has room for some more.
    let code = ''
    for (let i = 0; i < 64 && code === ''; i++) {
      try {
        stores.push(TickStore.open(path, MANY))
      } catch (error) {
        code = (error as NodeJS.ErrnoException).code as string
      }
    }
    expect(code).toBe('ERR_NO_SPACE')
    for (const [i, store] of stores.entries()) {
      store.set(INDEX, { ...TICK, price: i })
      expect(store.get(INDEX).price).toBe(i)
    }
    disk.free()
    TickStore.open(path, MANY).close()
    for (const store of stores) store.close()
  })
})

/** Who is no administrator, to whom nothing is forbidden. */
const NOBODY = 65_534
const isRoot = process.geteuid?.() === 0
const canPose = !isRoot || 'seteuid' in process

function asNobody<T>(use: () => T): T {
  if (!isRoot) return use()
  process.seteuid?.(NOBODY)
  try {
    return use()
  } finally {
    process.seteuid?.(0)
  }
}

describe.skipIf(!canPose)('a folder that can only be read, of a file that can be written', () => {
  it.each(['one', 'many'] as const)(
    'has no room for a lock file, and says what to do; writers: %s',
    (writers) => {
      const path = newStore()
      const folder = dirname(path)
      rmSync(`${path}.lock`)
      const before = readFileSync(path)
      chmodSync(path, 0o666)
      chmodSync(folder, 0o555)
      const error = asNobody(() => refusal(folder, () => TickStore.open(path, { ...SMALL, writers })))
      expect(error).toMatchObject({ code: 'ERR_READ_ONLY', path: `${path}.lock` })
      expect(error.message).toContain('open the store with readOnly: true')
      expect(readFileSync(path)).toEqual(before)
      asNobody(() => {
        using reader = TickStore.open(path, { ...SMALL, readOnly: true })
        expect(reader.get(INDEX)).toEqual(BEFORE)
      })
      chmodSync(folder, 0o755)
    },
  )

  it('has no room for a journal either, where there is a lock file, and says what to do', () => {
    const path = newStore()
    const folder = dirname(path)
    for (const each of [path, `${path}.lock`, `${path}.schema.json`]) chmodSync(each, 0o666)
    chmodSync(folder, 0o555)
    asNobody(() => {
      const refused = expectError(() => TickStore.open(path, MANY), 'ERR_READ_ONLY', {
        path: `${path}.journal`,
      })
      expect(refused.message).toContain('with readOnly: true, or as the one writer with journal: false')
      using store = TickStore.open(path, SMALL)
      expectError(() => store.set(INDEX, TICK), 'ERR_READ_ONLY', { path: `${path}.journal` })
      expect(store.get(INDEX)).toEqual(BEFORE)
      store.setPrice(INDEX, 1)
      store.close()
      using without = TickStore.open(path, { ...SMALL, journal: false })
      without.set(INDEX, TICK)
      expect(without.get(INDEX)).toEqual(TICK)
    })
    chmodSync(folder, 0o755)
  })
})

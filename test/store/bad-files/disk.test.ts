/** Disks that are full, and file systems that can only be read. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TickStore, tickAt } from '../../processes/stores.ts'
import { codeOf, forgeErrorOf } from '../../support/errors.ts'
import { expectError } from '../../support/expect-error.ts'
import { folderState } from '../../support/folder-state.ts'
import { mounted, NO_MOUNT } from '../../support/mounted.ts'
import { refusal } from '../../support/refusal.ts'

function blocksOf(path: string): { size: number; blocks: number } {
  const { size, blocks } = statSync(path)
  return { size, blocks }
}

describe('a full disk', () => {
  it('is an error of append, which loses nothing and works again when there is space', async (context) => {
    const folder = mounted('size=512k') ?? context.skip(NO_MOUNT)
    const path = join(folder, 'store.mmf')
    const ballast = join(folder, 'ballast')
    writeFileSync(ballast, Buffer.alloc(2 ** 18))
    const store = TickStore.create(path)
    using reader = TickStore.open(path, { readOnly: true })
    const appendUntilFull = (): void => {
      for (;;) store.append(tickAt(store.length))
    }
    expectError(appendUntilFull, 'ERR_NO_SPACE', { path })
    const { length } = store
    expect(length).toBeGreaterThan(1000)
    const before = { contents: readFileSync(path), ...blocksOf(path) }
    for (const append of [() => store.append(tickAt(length)), () => store.append()]) {
      const error = expectError(append, 'ERR_NO_SPACE', { path })
      expect(error.message).toContain('free some space')
    }
    expect({ contents: readFileSync(path), ...blocksOf(path) }).toEqual(before)
    expect(store.length).toBe(length)

    const all = Array.from({ length }, (_, i) => tickAt(i))
    for (const each of [store, reader]) expect([...each]).toEqual(all)
    // What is there has blocks of its own, and can be changed.
    for (let i = 0; i < length; i++) store.setVolume(i, -i)
    store.sync()
    await store.flush()

    rmSync(ballast)
    for (let i = length; i < length + 1000; i++) expect(store.append(tickAt(i))).toBe(i)
    expect(reader.get(length + 999)).toEqual(tickAt(length + 999))
    expectError(appendUntilFull, 'ERR_NO_SPACE', { path })
    // The room that is left is used to the last record, though not enough for the usual step.
    const { size } = statSync(path)
    expect(size).toBeGreaterThan(2 ** 19 - 4096 * 5)
    store.close()
    using again = TickStore.open(path)
    expect(again.getVolume(0)).toBe(-0)
    expect(again.get(length)).toEqual(tickAt(length))
  })

  it('is an error of creation, which leaves nothing behind', (context) => {
    const folder = mounted('size=256k') ?? context.skip(NO_MOUNT)
    const path = join(folder, 'store.mmf')
    for (const writers of ['one', 'unlocked'] as const) {
      for (const how of ['create', 'openOrCreate'] as const) {
        const error = refusal(folder, () => TickStore[how](path, { capacity: 5000, writers }))
        expect(error).toMatchObject({ code: 'ERR_NO_SPACE', path })
      }
    }
    expect(readdirSync(folder)).toEqual([])
    using store = TickStore.create(path, { capacity: 1000 })
    expect(store.append()).toBe(0)
  })

  it('of files is an error of creation, whichever of its files is one too many', (context) => {
    let failures = 0
    // The root takes one.
    for (let files = 2; ; files++) {
      const folder = mounted(`size=1m,nr_inodes=${files}`) ?? context.skip(NO_MOUNT)
      const path = join(folder, 'store.mmf')
      const before = folderState(folder)
      try {
        TickStore.create(path).close()
        TickStore.open(path).close()
        break
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_NO_SPACE', cause: { code: 'ENOSPC' } })
        expect(folderState(folder)).toEqual(before)
        failures++
      }
    }
    // Without room for the lock, the store and the sidecar.
    expect(failures).toBeGreaterThanOrEqual(2)
  })
})

describe('a read-only file system', () => {
  it('has its stores open with readOnly, and with nothing else', (context) => {
    const folder = mounted('size=1m') ?? context.skip(NO_MOUNT)
    const path = join(folder, 'store.mmf')
    {
      using store = TickStore.create(path)
      for (let i = 0; i < 100; i++) store.append(tickAt(i))
    }
    rmSync(`${path}.lock`)
    execFileSync('mount', ['-o', 'remount,ro', folder])
    const before = folderState(folder)
    for (const how of ['open', 'openOrCreate'] as const) {
      using store = TickStore[how](path, { readOnly: true })
      expect([...store]).toEqual(Array.from({ length: 100 }, (_, i) => tickAt(i)))
      expect(forgeErrorOf(() => store.append()).code).toBe('ERR_READ_ONLY')
      expect(Buffer.from(store.viewSymbol(1)).toString()).toBe(tickAt(1).symbol)
      store.sync()
    }
    for (const writers of ['one', 'many', 'unlocked'] as const) {
      expect(codeOf(() => TickStore.open(path, { writers }))).toBe('EROFS')
      expect(codeOf(() => TickStore.create(path, { writers }))).toBe('EEXIST')
      expect(codeOf(() => TickStore.create(`${path}2`, { writers }))).toBe('ERR_READ_ONLY')
    }
    expect(folderState(folder)).toEqual(before)
  })
})

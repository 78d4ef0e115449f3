/** The writer lock: one writer at a time, whoever it is, and none that outlives its holder. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { BESIDE, startProcess, startWorker } from '../processes/child.ts'
import { TickStore } from '../processes/stores.ts'
import { codeOf, forgeErrorOf } from '../support/errors.ts'
import { folderState } from '../support/folder-state.ts'
import { tempPath } from '../support/temp.ts'
import { TICK, tickFile } from '../support/tick-files.ts'

describe('a second writer', () => {
  it('is refused in the same process, and changes not one byte', () => {
    const path = tickFile()
    using first = TickStore.open(path)
    first.setPrice(0, 1)
    const before = folderState(dirname(path))
    for (const how of ['open', 'openOrCreate'] as const) {
      const error = forgeErrorOf(() => TickStore[how](path))
      expect(error).toMatchObject({ code: 'ERR_LOCKED', path })
      // All of the ways out.
      for (const way of ['close it', 'readOnly: true', "writers: 'many'"])
        expect(error.message).toContain(way)
      expect(error.message).toContain('readOnly: true')
    }
    expect(codeOf(() => TickStore.create(path))).toBe('EEXIST')
    expect(folderState(dirname(path))).toEqual(before)
    first.setPrice(0, 2)
    expect(first.getPrice(0)).toBe(2)
  })

  it.each(BESIDE)('is refused in another %s, and changes not one byte', async (_where, start) => {
    const path = tickFile()
    using _first = TickStore.open(path)
    const before = folderState(dirname(path))
    for (const how of ['open', 'openOrCreate']) {
      expect(await start('holder.mjs', { how, path }).next()).toMatchObject({ error: 'ERR_LOCKED', path })
    }
    expect(await start('holder.mjs', { how: 'create', path }).next()).toMatchObject({ error: 'EEXIST' })
    expect(folderState(dirname(path))).toEqual(before)
  })

  it.each(BESIDE)('is refused while another %s holds the store', async (_where, start) => {
    const path = tickFile()
    const holder = start('holder.mjs', { how: 'open', path })
    expect(await holder.next()).toMatchObject({ length: 1 })
    const before = folderState(dirname(path))
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
    expect(codeOf(() => TickStore.openOrCreate(path))).toBe('ERR_LOCKED')
    expect(folderState(dirname(path))).toEqual(before)
    holder.send('append')
    expect(await holder.next()).toEqual({ length: 2 })
  })

  it('leaves alone a record that the first is in the middle of writing', () => {
    const path = tickFile()
    using first = TickStore.open(path)
    // What a reader or a second writer sees while `set` runs.
    const counter = first.viewSymbol(0)
    const words = new Int32Array(counter.buffer, counter.byteOffset - 12, 2)
    words[0] = (words[0] as number) + 1
    const before = folderState(dirname(path))
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
    expect(folderState(dirname(path))).toEqual(before)
    words[0] = (words[0] as number) + 1
  })

  it('is refused under another name of the file', () => {
    const path = tickFile()
    const link = `${path}.link`
    symlinkSync(path, link)
    using _first = TickStore.open(path)
    const before = folderState(dirname(path))
    expect(codeOf(() => TickStore.open(link))).toBe('ERR_LOCKED')
    expect(folderState(dirname(path))).toEqual(before)
  })

  it('is refused where the first came by another name', () => {
    const path = tickFile()
    const link = `${path}.link`
    symlinkSync(path, link)
    using _first = TickStore.open(link)
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
  })
})

describe('openers that are not refused', () => {
  it.each([{ readOnly: true }, { writers: 'unlocked' }] as const)('%j, beside a writer', (options) => {
    const path = tickFile()
    using first = TickStore.open(path)
    using other = TickStore.open(path, options)
    first.setPrice(0, 3)
    expect(other.get(0)).toEqual({ ...TICK, price: 3 })
  })

  it.each(BESIDE)('in another %s', async (_where, start) => {
    const path = tickFile()
    using _first = TickStore.open(path)
    for (const options of [{ readOnly: true }, { writers: 'unlocked' }]) {
      const other = start('holder.mjs', { how: 'open', path, options })
      expect(await other.next()).toEqual({ length: 1, recovered: [] })
    }
  })

  it('do not keep a writer out', () => {
    const path = tickFile()
    using _reader = TickStore.open(path, { readOnly: true })
    using _unlocked = TickStore.open(path, { writers: 'unlocked' })
    using writer = TickStore.open(path)
    expect(writer.append()).toBe(1)
  })

  it('leave no lock after an unlocked creation', () => {
    const path = tempPath()
    using _unlocked = TickStore.create(path, { writers: 'unlocked' })
    using writer = TickStore.open(path)
    expect(writer.length).toBe(0)
  })
})

describe('the lock is released', () => {
  it('by close()', () => {
    const path = tickFile()
    for (let round = 0; round < 3; round++) {
      using store = TickStore.open(path)
      store.append(TICK)
      expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
    }
    using store = TickStore.open(path)
    expect(store.length).toBe(4)
  })

  it.each(BESIDE)('by close() in another %s', async (_where, start) => {
    const path = tickFile()
    const holder = start('holder.mjs', { how: 'open', path })
    await holder.next()
    holder.send('close')
    expect(await holder.next()).toEqual({ closed: true })
    TickStore.open(path).close()
    expect(await holder.ended).toBe(0)
  })

  it('when its process exits without close()', async () => {
    const path = tickFile()
    const holder = startProcess('holder.mjs', { how: 'open', path })
    await holder.next()
    holder.send('append')
    await holder.next()
    holder.send('exit')
    expect(await holder.ended).toBe(0)
    using store = TickStore.open(path)
    expect(store.get(1).symbol).toBe('HELD')
  })

  it('when its process is killed', async () => {
    const path = tickFile()
    const holder = startProcess('holder.mjs', { how: 'open', path })
    await holder.next()
    holder.kill()
    expect(await holder.ended).toBe(null)
    TickStore.open(path).close()
  })

  // Bun and Deno keep the descriptors of a thread that is terminated, until the process ends.
  it.skipIf('Bun' in globalThis || 'Deno' in globalThis)('when its worker thread is terminated', async () => {
    const path = tickFile()
    const holder = startWorker('holder.mjs', { how: 'open', path })
    await holder.next()
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
    holder.kill()
    await holder.ended
    TickStore.open(path).close()
  })

  it('though a process that the holder started lives on', async () => {
    const path = tickFile()
    const sleeper = (() => {
      using _store = TickStore.open(path)
      return spawn('sleep', ['60'], { stdio: 'ignore' })
    })()
    onTestFinished(() => void sleeper.kill())
    await once(sleeper, 'spawn')
    TickStore.open(path).close()
  })

  it.each(BESIDE)('when the store of another %s is garbage-collected', async (_where, start) => {
    const path = tickFile()
    const holder = start('holder.mjs', { how: 'open', path })
    await holder.next()
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
    holder.send('drop')
    expect(await holder.next()).toEqual({ dropped: true })
    await expect.poll(() => isFree(path), { timeout: 20_000 }).toBe(true)
  })
})

function isFree(path: string): boolean {
  try {
    TickStore.open(path).close()
    return true
  } catch {
    return false
  }
}

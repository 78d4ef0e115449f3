/** Waiting for other writers to close the store, with `lockTimeoutMs`: what is waited for, and how it ends. */
import { linkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { defineStore, float64 } from 'mmapforge'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BESIDE, startProcess } from '../processes/child.ts'
import { TickStore } from '../processes/stores.ts'
import { codeOf } from '../support/errors.ts'
import { folderState } from '../support/folder-state.ts'
import { refusal } from '../support/refusal.ts'
import { tempPath } from '../support/temp.ts'
import { tickFile } from '../support/tick-files.ts'
import { turn } from '../waiting/support.ts'
import { locksOf, MANY } from './many/support.ts'

const PATIENT = { lockTimeoutMs: 30_000 } as const
const PATIENT_MANY = { ...MANY, ...PATIENT } as const

afterEach(() => vi.restoreAllMocks())

/** Has something happen while the thread sleeps for the `n`th time, and no sleep take long. */
function whileAsleep(n: number, then: () => void): { readonly sleeps: number } {
  const seen = { sleeps: 0 }
  vi.spyOn(Atomics, 'wait').mockImplementation(() => {
    if (++seen.sleeps === n) then()
    return 'timed-out'
  })
  return seen
}

describe('a writer waits', () => {
  it('for the one before it', () => {
    const path = tickFile()
    const first = TickStore.open(path)
    const seen = whileAsleep(5, () => {
      first.append()
      first.close()
    })
    using second = TickStore.open(path, PATIENT)
    // Closing may sleep too.
    expect(seen.sleeps).toBeGreaterThanOrEqual(5)
    expect(second.length).toBe(2)
    expect(codeOf(() => TickStore.open(path))).toBe('ERR_LOCKED')
  })

  it('for many, and many for one', () => {
    const path = tickFile()
    const first = TickStore.open(path, MANY)
    whileAsleep(3, () => first.close())
    const second = TickStore.open(path, PATIENT)
    expect(first.closed).toBe(true)
    whileAsleep(3, () => second.close())
    using _third = TickStore.open(path, PATIENT_MANY)
    expect(second.closed).toBe(true)
  })

  it('for one that came by another name of the file', () => {
    const path = tickFile()
    linkSync(path, `${path}.other`)
    const first = TickStore.open(path)
    whileAsleep(3, () => first.close())
    using second = TickStore.open(`${path}.other`, PATIENT)
    expect(second.length).toBe(1)
  })

  it('for a creator, whose store it then opens, or finds to be there', () => {
    for (const [how, outcome] of [
      ['openOrCreate', 1],
      ['create', 'EEXIST'],
    ] as const) {
      const path = tempPath()
      writeFileSync(`${path}.lock`, '')
      const creator = locksOf(path)
      creator.lock('exclusive')
      whileAsleep(3, () => {
        creator.close()
        tickFile(1, { path })
      })
      const open = () => {
        using store = TickStore[how](path, PATIENT)
        return store.length
      }
      if (how === 'create') expect(codeOf(open)).toBe(outcome)
      else expect(open()).toBe(outcome)
    }
  })

  it.each(BESIDE)('for one in another %s', async (_where, start) => {
    const path = tickFile()
    const holder = start('holder.mjs', { how: 'open', path })
    await holder.next()
    holder.send('append')
    await holder.next()
    holder.send('close')
    // Not every runtime sends it before this thread sleeps.
    await turn()
    using store = TickStore.open(path, PATIENT)
    expect(store.length).toBe(2)
  })

  it('for one that is killed', async () => {
    const path = tickFile()
    const holder = startProcess('holder.mjs', { how: 'open', path })
    await holder.next()
    holder.kill()
    TickStore.open(path, PATIENT).close()
  })

  it('in another process, until this one closes the store', async () => {
    const path = tickFile()
    const first = TickStore.open(path)
    const second = startProcess('holder.mjs', { how: 'open', path, options: PATIENT })
    // It may have begun to wait by now, or not; either way it comes in.
    await new Promise((resolve) => setTimeout(resolve, 200))
    first.append()
    first.close()
    expect(await second.next()).toEqual({ length: 2, recovered: [] })
  })
})

describe('a writer does not wait', () => {
  it('unless it is told to', () => {
    const path = tickFile()
    using _first = TickStore.open(path)
    const seen = whileAsleep(0, () => undefined)
    for (const options of [{}, { lockTimeoutMs: 0 }, { ...MANY, lockTimeoutMs: 0 }]) {
      expect(refusal(dirname(path), () => TickStore.open(path, options)).code).toBe('ERR_LOCKED')
    }
    // As many as the resolution of the clock makes it.
    expect(seen.sleeps).toBeLessThan(4)
  })

  it('for longer than it is told to, and changes nothing', () => {
    const path = tickFile()
    using first = TickStore.open(path)
    const before = folderState(dirname(path))
    for (const options of [{}, MANY]) {
      for (const how of ['open', 'openOrCreate'] as const) {
        const began = performance.now()
        const error = refusal(dirname(path), () => TickStore[how](path, { ...options, lockTimeoutMs: 40 }))
        expect(error).toMatchObject({ code: 'ERR_LOCKED', path })
        expect(performance.now() - began).toBeGreaterThanOrEqual(40)
      }
    }
    expect(folderState(dirname(path))).toEqual(before)
    expect(first.append()).toBe(1)
  })

  it('where waiting does not help', () => {
    const path = tickFile()
    using _first = TickStore.open(path)
    const seen = whileAsleep(0, () => undefined)
    const OtherStore = defineStore('Other', { version: 1 }, { x: float64 })
    expect(codeOf(() => OtherStore.open(path, PATIENT))).toBe('ERR_SCHEMA_MISMATCH')
    expect(codeOf(() => TickStore.create(path, PATIENT))).toBe('EEXIST')
    expect(codeOf(() => TickStore.open(`${path}.none`, PATIENT))).toBe('ENOENT')
    TickStore.open(path, { ...PATIENT, readOnly: true }).close()
    expect(seen.sleeps).toBe(0)
  })
})

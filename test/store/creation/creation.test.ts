/** Creation: a new store appears at once and whole, or not at all. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { defineStore, float64 } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { startProcess } from '../../processes/child.ts'
import { TickStore } from '../../processes/stores.ts'
import { goldenPath } from '../../support/golden.ts'
import { refusal } from '../../support/refusal.ts'
import { tempPath } from '../../support/temp.ts'
import { TICK } from '../../support/tick-files.ts'

const Other = defineStore('Other', { version: 7 }, { value: float64 })
const WRITERS = ['one', 'unlocked'] as const

describe('creation', () => {
  it.each(WRITERS)('leaves store, lock and sidecar, and nothing else (writers: %s)', (writers) => {
    const path = tempPath()
    using store = TickStore.create(path, { writers })
    const names = ['store.mmf', 'store.mmf.lock', 'store.mmf.schema.json']
    expect(readdirSync(dirname(path)).sort()).toEqual(names)
    expect(statSync(path).nlink).toBe(1)
    expect(store.length).toBe(0)
    expect(
      readFileSync(path)
        .subarray(64)
        .every((byte) => byte === 0),
    ).toBe(true)
  })

  it.each(WRITERS)('over an existing store is EEXIST, whatever its schema (writers: %s)', (writers) => {
    const path = tempPath()
    {
      using store = TickStore.create(path)
      store.append(TICK)
    }
    expect(refusal(dirname(path), () => TickStore.create(path, { writers })).code).toBe('EEXIST')
    expect(refusal(dirname(path), () => Other.create(path, { writers })).code).toBe('EEXIST')
    rmSync(`${path}.lock`)
    expect(refusal(dirname(path), () => Other.create(path, { writers })).code).toBe('EEXIST')
  })

  it('over any other file is EEXIST', () => {
    const path = tempPath()
    writeFileSync(path, '')
    expect(refusal(dirname(path), () => TickStore.create(path)).code).toBe('EEXIST')
  })

  it('replaces a sidecar whose store is gone', () => {
    const path = tempPath()
    Other.create(path).close()
    rmSync(path)
    TickStore.create(path).close()
    using store = TickStore.open(path)
    expect(store.length).toBe(0)
  })

  it('takes the place of what a creator that died has left', () => {
    const path = tempPath()
    writeFileSync(`${path}.creating`, 'MMF')
    writeFileSync(`${path}.schema.json.creating`, '')
    using store = TickStore.create(path)
    expect(store.append(TICK)).toBe(0)
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.creating'))).toEqual([])
  })
})

describe('a creation that fails', () => {
  it('at the sidecar leaves nothing behind', () => {
    const path = tempPath()
    mkdirSync(`${path}.schema.json`)
    for (const writers of WRITERS) {
      for (const how of ['create', 'openOrCreate'] as const) {
        expect(refusal(dirname(path), () => TickStore[how](path, { writers })).code).toMatch(/^E/)
      }
    }
    rmSync(`${path}.schema.json`, { recursive: true })
    expect(readdirSync(dirname(path))).toEqual([])
    TickStore.create(path).close()
  })

  it('leaves a lock file that was there', () => {
    const path = tempPath()
    writeFileSync(`${path}.lock`, '')
    mkdirSync(`${path}.schema.json`)
    refusal(dirname(path), () => TickStore.create(path))
    expect(readdirSync(dirname(path)).sort()).toEqual(['store.mmf.lock', 'store.mmf.schema.json'])
  })
})

describe('an opening that fails', () => {
  it('leaves no lock file, unless it was there', () => {
    const path = tempPath('foreign.mmf')
    copyFileSync(goldenPath('ticks.mmf'), path)
    expect(refusal(dirname(path), () => Other.open(path)).code).toBe('ERR_SCHEMA_MISMATCH')
    expect(readdirSync(dirname(path)).sort()).toEqual(['foreign.mmf'])
    TickStore.open(path).close()
    expect(readdirSync(dirname(path)).sort()).toEqual(['foreign.mmf', 'foreign.mmf.lock'])
    expect(refusal(dirname(path), () => Other.open(path)).code).toBe('ERR_SCHEMA_MISMATCH')
    expect(readdirSync(dirname(path)).sort()).toEqual(['foreign.mmf', 'foreign.mmf.lock'])
  })
})

describe('a creator that is killed', () => {
  const ROUNDS = 8

  it('leaves a store that opens, or none', async () => {
    const path = tempPath()
    for (let round = 0; round < ROUNDS; round++) {
      const creator = startProcess('create-loop.mjs', { path })
      await creator.next()
      // Wherever in its loop that finds it.
      await new Promise((resolve) => setTimeout(resolve, round))
      creator.kill()
      await creator.ended
      if (existsSync(path)) {
        using store = TickStore.open(path)
        expect([store.length, store.capacity]).toEqual([0, 300])
      }
      rmSync(path, { force: true })
      TickStore.create(path).close()
      const expected = ['', '.lock', '.schema.json'].map((suffix) => basename(path) + suffix)
      expect(readdirSync(dirname(path)).sort()).toEqual(expected)
      rmSync(path)
    }
  })
})

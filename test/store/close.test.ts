/** Closing a store whose file is no longer where it was. */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineStore, float64 } from 'mmapforge'
import { describe, expect, it } from 'vitest'
import { tempFolder } from '../support/temp.ts'

const PointStore = defineStore('Point', { version: 1 }, { x: float64 })

/** A store with one record, in a folder of its own. */
function openStore() {
  const path = join(tempFolder(), 'points', 'points.mmf')
  mkdirSync(dirname(path))
  const store = PointStore.create(path)
  store.append({ x: 1 })
  return { path, store }
}

describe('close succeeds where', () => {
  it('the file was removed', () => {
    const { path, store } = openStore()
    rmSync(path)
    store.close()
    expect(store.closed).toBe(true)
    expect(() => PointStore.open(path)).toThrow('ENOENT')
  })

  it('the folder was removed', () => {
    const { path, store } = openStore()
    rmSync(dirname(path), { recursive: true })
    store.close()
    expect(store.closed).toBe(true)
  })

  it('the file was renamed, and loses nothing', () => {
    const { path, store } = openStore()
    renameSync(path, `${path}.moved`)
    store.append({ x: 2 })
    store.close()
    using moved = PointStore.open(`${path}.moved`)
    expect([...moved]).toEqual([{ x: 1 }, { x: 2 }])
  })

  it('another file has taken its name', () => {
    const { path, store } = openStore()
    renameSync(path, `${path}.moved`)
    PointStore.create(`${path}.other`).close()
    renameSync(`${path}.other`, path)
    store.close()
    expect(PointStore.open(path).length).toBe(0)
    expect(PointStore.open(`${path}.moved`).length).toBe(1)
  })
})

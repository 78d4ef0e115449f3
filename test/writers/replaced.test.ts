/** Writers of a store that another one has taken the place of: they leave that one's files alone. */
import { readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { TickStore } from '../processes/stores.ts'
import { codeOf } from '../support/errors.ts'
import { folderState } from '../support/folder-state.ts'
import { fastPath } from '../support/temp.ts'
import { TICK, tickFile } from '../support/tick-files.ts'
import { dieInRecord, MANY, newStore } from './many/support.ts'

/** A writer of a store that is gone with all of its files, and one of many writers of the store in its place. */
function replaced(options: object) {
  const path = fastPath()
  tickFile(3, { path })
  const old = TickStore.open(path, options)
  onTestFinished(() => old.close())
  const folder = dirname(path)
  for (const name of readdirSync(folder)) rmSync(`${folder}/${name}`)
  newStore(3, path)
  const current = TickStore.open(path, MANY)
  onTestFinished(() => current.close())
  return { path, folder, old, current }
}

it.each([
  ['one', {}],
  ['many', MANY],
])('one that closes (%s) leaves the journal and the lock file', (_, options) => {
  const { path, folder, old, current } = replaced(options)
  current.set(1, TICK)
  const before = folderState(folder)
  old.close()
  expect(folderState(folder)).toEqual(before)
  using other = TickStore.open(path, MANY)
  expect(other.length).toBe(3)
})

it('one that needs a journal for the first time does not put it in place of the other', () => {
  const { path, folder, old, current } = replaced({})
  // All but the wake file, which is anybody's: who is woken looks for himself.
  const stateOf = () => ({ ...folderState(folder), 'store.mmf.wake': '' })
  const before = stateOf()
  expect(codeOf(() => old.setSymbol(0, 'text'))).toBe('ERR_REPLACED')
  expect(codeOf(() => old.set(0, TICK))).toBe('ERR_REPLACED')
  // What needs none goes on.
  old.setPrice(0, 7)
  expect(old.append(TICK)).toBe(3)
  expect([old.getPrice(0), old.getSymbol(0)]).toEqual([7, TICK.symbol])
  expect(stateOf()).toEqual(before)
  // So that what dies in the other is rolled back.
  const symbol = current.getSymbol(1)
  dieInRecord(current, 1)
  using survivor = TickStore.open(path, MANY)
  expect(survivor.getSymbol(1)).toBe(symbol)
})

it('one whose file was deleted goes on as before', () => {
  const path = fastPath()
  tickFile(1, { path })
  using store = TickStore.open(path)
  rmSync(path)
  store.set(0, { ...TICK, symbol: 'gone' })
  expect(store.getSymbol(0)).toBe('gone')
})

it('one whose file was moved leaves its journal to it', () => {
  const path = fastPath()
  tickFile(1, { path })
  const store = TickStore.open(path)
  store.set(0, TICK)
  for (const suffix of ['', '.lock', '.journal', '.schema.json'])
    renameSync(path + suffix, `${path}.moved${suffix}`)
  store.close()
  using moved = TickStore.open(`${path}.moved`)
  expect(moved.get(0)).toEqual(TICK)
})

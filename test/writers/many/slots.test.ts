/** Slots of writers: who has one, and who waits or is refused for want of one. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { slotOffsetBytes } from '../../../src/format/journal.ts'
import { MAX_WRITERS } from '../../../src/format/lock.ts'
import { TickStore, tickAt } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { expectError } from '../../support/expect-error.ts'
import { folderState } from '../../support/folder-state.ts'
import { RECORD_BYTES, TICK } from '../../support/tick-files.ts'
import { locksOf, MANY, newStore } from './support.ts'

describe('an opener', () => {
  it('waits for another that is opening or closing, for as long as it may', () => {
    const path = newStore()
    const { tryBeginSetup, endSetup } = locksOf(path)
    expect(tryBeginSetup()).toBe(true)
    const error = expectError(() => TickStore.open(path, MANY), 'ERR_LOCKED', { path })
    expect(error.message).toContain('another writer has been opening or closing the store for over 40 ms')
    endSetup()
    TickStore.open(path, { ...MANY, stallTimeoutMs: 0 }).close()
  })

  it('waits for a creator, for as long as it may', () => {
    const path = newStore()
    const { tryBeginSetup, endSetup, lock, unlock } = locksOf(path)
    expect(lock('exclusive')).toBe(true)
    tryBeginSetup()
    const began = performance.now()
    expect(codeOf(() => TickStore.open(path, MANY))).toBe('ERR_LOCKED')
    expect(performance.now() - began).toBeGreaterThanOrEqual(MANY.stallTimeoutMs)
    expect(codeOf(() => TickStore.open(path, { ...MANY, stallTimeoutMs: 0 }))).toBe('ERR_LOCKED')
    unlock()
    endSetup()
    TickStore.open(path, MANY).close()
  })

  it('is refused where there are as many writers as there can be, and leaves nothing behind', () => {
    const path = newStore()
    using store = TickStore.open(path, MANY)
    const { slots, close } = locksOf(path)
    for (let slot = 1; slot < MAX_WRITERS; slot++) expect(slots.tryTake(slot)).toBe(true)
    for (let round = 0; round < 3; round++) {
      const before = folderState(dirname(path))
      const error = expectError(() => TickStore.open(path, MANY), 'ERR_LOCKED', { path })
      expect(error.message).toContain(`${MAX_WRITERS} writers have the store open`)
      expect(folderState(dirname(path))).toEqual(before)
    }
    slots.giveBack(700)
    {
      using last = TickStore.open(path, MANY)
      expect(statSync(`${path}.journal`).size).toBeGreaterThanOrEqual(slotOffsetBytes(701, RECORD_BYTES))
      last.set(1, { ...TICK, price: 3 })
      expect(store.addPrice(1, 1)).toBe(4)
      expect(codeOf(() => TickStore.open(path, MANY))).toBe('ERR_LOCKED')
    }
    close()
    TickStore.open(path, MANY).close()
  })

  it('has a slot of its own, the first that is free', () => {
    const path = newStore(40)
    const stores = Array.from({ length: 40 }, () => TickStore.open(path, MANY))
    const { slots } = locksOf(path)
    const taken = (): boolean[] =>
      Array.from({ length: 42 }, (_, slot) => {
        const isFree = slots.tryTake(slot)
        if (isFree) slots.giveBack(slot)
        return !isFree
      })
    expect(taken()).toEqual(Array.from({ length: 42 }, (_, slot) => slot < 40))
    stores.forEach((store, i) => {
      store.set(i, tickAt(i))
    })
    stores[0]?.close()
    stores[7]?.close()
    expect(taken().flatMap((isTaken, slot) => (isTaken ? [] : [slot]))).toEqual([0, 7, 40, 41])
    stores[7] = TickStore.open(path, MANY)
    stores[0] = TickStore.open(path, MANY)
    expect(taken()).toEqual(Array.from({ length: 42 }, (_, slot) => slot < 40))
    for (const store of stores) {
      expect([...store]).toEqual(Array.from({ length: 40 }, (_, i) => tickAt(i)))
      store.close()
    }
    expect(existsSync(`${path}.journal`)).toBe(false)
    expect(readFileSync(`${path}.lock`, 'utf8')).toMatch(/^clean 40 /)
  })
})

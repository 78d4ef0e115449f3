/** The locks of many writers: more of them than there are slots, and one that is at its opening for ever. */
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { nativeOs } from '../../src/os/native-os.ts'
import { MAX_WRITERS, WriterSlots } from '../../src/store/writer-slots.ts'
import { TickStore } from '../processes/stores.ts'
import { expectError } from '../support/expect-error.ts'
import { MANY, newStore, STALL_MS, TICK } from './many-support.ts'

/** The locks of a store's lock file, as somebody else has them. */
function slotsOf(path: string): WriterSlots {
  const fd = openSync(`${path}.lock`, 'r+')
  onTestFinished(() => closeSync(fd))
  return new WriterSlots(nativeOs(path), fd)
}

describe('all slots but one', () => {
  it('are as many writers as there can be: the next one is refused, and comes in when one has gone', () => {
    const path = newStore()
    using first = TickStore.open(path, MANY)
    const others = slotsOf(path)
    for (let slot = 1; slot < MAX_WRITERS; slot++) expect(others.tryTake(slot)).toBe(true)
    const journalBytes = statSync(`${path}.journal`).size
    const error = expectError(() => TickStore.open(path, MANY), 'ERR_LOCKED', { path })
    expect(error.message).toContain(`${MAX_WRITERS} writers have the store open`)
    expect(statSync(`${path}.journal`).size).toBe(journalBytes)
    // Nothing is held by the one that was refused.
    others.giveBack(MAX_WRITERS - 1)
    using last = TickStore.open(path, MANY)
    expect(statSync(`${path}.journal`).size).toBeGreaterThan(MAX_WRITERS * 64)
    expect([last.addPrice(1, 1), first.addPrice(1, 1)]).toEqual([TICK.price + 1, TICK.price + 2])
    expect([last.append(TICK), first.append(TICK)]).toEqual([3, 4])
  })
})

describe('while somebody else is opening or closing the store', () => {
  it('nobody comes in, those who are in go on, and nobody is the last', () => {
    const path = newStore()
    const store = TickStore.open(path, MANY)
    const other = slotsOf(path)
    expect(other.tryBeginSetup()).toBe(true)
    const began = performance.now()
    const error = expectError(() => TickStore.open(path, MANY), 'ERR_LOCKED', { path })
    expect(error.message).toContain(`opening or closing the store for over ${STALL_MS} ms`)
    expect(performance.now() - began).toBeGreaterThanOrEqual(STALL_MS)
    expect(store.addPrice(1, 1)).toBe(TICK.price + 1)
    expect(store.append(TICK)).toBe(3)
    store.close()
    expect(readFileSync(`${path}.lock`, 'utf8')).not.toMatch(/^clean/)
    other.endSetup()
    using next = TickStore.open(path, MANY)
    expect(next.recovered).toEqual([])
    expect(next.length).toBe(4)
  })
})

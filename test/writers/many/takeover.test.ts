/** States that writers can have died in, byte by byte, and a survivor that meets them. */
import { describe, expect, it, onTestFinished } from 'vitest'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { counterOf, setCounter, TICK } from '../../support/tick-files.ts'
import { markAsClean } from '../clean-mark/support.ts'
import { imageOf, namedLow, type SlotState, tear, writeSlot } from '../journal/support.ts'
import { locksOf, MANY, newStore, type Ticks } from './support.ts'

const HASTY = { ...MANY, stallTimeoutMs: 0 } as const
const INDEX = 1
const BEFORE = { ...TICK, volume: INDEX }
const ROLLED_BACK = [{ index: INDEX, outcome: 'rolled-back' }]
const RELEASED = [{ index: INDEX, outcome: 'released' }]

interface Stuck {
  readonly path: string
  /** The survivor, which has slot 0. */
  readonly store: Ticks
  readonly image: Buffer
}

/** A record torn under an odd counter; slots from 1 on are as the test has them. */
function stuckRecord(low: number, high: number, ...slots: (SlotState | undefined)[]): Stuck {
  const path = newStore()
  const store = TickStore.open(path, HASTY)
  onTestFinished(() => store.close())
  const image = imageOf(path, INDEX)
  slots.forEach((state, i) => {
    if (state !== undefined) writeSlot(path, i + 1, state)
  })
  setCounter(path, INDEX, low, high)
  tear(path, INDEX)
  return { path, store, image }
}

/** Fills a slot with the record's name, and its image. */
const naming = (low: number, high: number, image?: Uint8Array): SlotState => ({
  index: INDEX,
  low,
  high,
  ...(image === undefined ? {} : { image }),
})

describe('a record that several dead writers name', () => {
  it.each([[[true, false, false]], [[false, true, false]], [[false, false, true]], [[true]]])(
    'is rolled back to the image that one of them has: %j',
    (hasImage) => {
      const { path, store, image } = stuckRecord(5, 0)
      hasImage.forEach((has, i) => {
        writeSlot(path, i + 1, naming(5, 0, has ? image : undefined))
      })
      expect(store.get(INDEX)).toEqual(BEFORE)
      expect(store.recovered).toEqual(ROLLED_BACK)
      expect(counterOf(path, INDEX)).toEqual([6, 0])
      // None names it any more.
      for (let slot = 1; slot <= hasImage.length; slot++) expect(namedLow(path, slot) & 1).toBe(0)
    },
  )

  it('and none has an image of is released as it is', () => {
    const { path, store } = stuckRecord(5, 0, naming(5, 0), naming(5, 0))
    const torn = imageOf(path, INDEX)
    store.getPrice(INDEX)
    expect(store.recovered).toEqual(RELEASED)
    expect(imageOf(path, INDEX)).toEqual(torn)
    expect(counterOf(path, INDEX)).toEqual([6, 0])
  })
})

describe('a record that a living writer names', () => {
  it.each([
    ['alone', undefined, false],
    ['with an image', undefined, true],
    ['beside a dead one', naming(5, 0), false],
    ['with an image, beside a dead one', naming(5, 0), true],
  ])('%s, is its own, and nothing changes', (_, dead, hasImage) => {
    const { path, store, image } = stuckRecord(5, 0, undefined, dead)
    const { slots, close } = locksOf(path)
    expect(slots.tryTake(1)).toBe(true)
    writeSlot(path, 1, naming(5, 0, hasImage ? image : undefined))
    const torn = imageOf(path, INDEX)
    for (const use of [
      () => store.get(INDEX),
      () => store.set(INDEX, TICK),
      () => store.addPrice(INDEX, 1),
    ]) {
      expect(codeOf(use)).toBe('ERR_WRITER_STALLED')
    }
    expect(counterOf(path, INDEX)).toEqual([5, 0])
    expect(imageOf(path, INDEX)).toEqual(torn)
    expect(store.recovered).toEqual([])
    // Its locks are given back, so that it could be taken over once the living one is dead as well.
    close()
    store.getPrice(INDEX)
    expect(store.recovered).toEqual(hasImage ? ROLLED_BACK : RELEASED)
  })

  it('having merely lost the race, is rolled back from the image of the dead one that won', () => {
    const { path, store, image } = stuckRecord(5, 0)
    const { slots } = locksOf(path)
    slots.tryTake(1)
    writeSlot(path, 1, naming(5, 0))
    writeSlot(path, 2, naming(5, 0, image))
    expect(store.get(INDEX)).toEqual(BEFORE)
    expect(store.recovered).toEqual(ROLLED_BACK)
  })

  it('under another counter, or in the past, is none of it', () => {
    const { path, store, image } = stuckRecord(5, 0)
    const { slots } = locksOf(path)
    for (const [slot, name] of [naming(3, 0, image), naming(5, 1, image), { index: 2, low: 5 }].entries()) {
      slots.tryTake(slot + 1)
      writeSlot(path, slot + 1, name)
    }
    writeSlot(path, 4, naming(5, 0, image))
    expect(store.get(INDEX)).toEqual(BEFORE)
    expect(store.recovered).toEqual(ROLLED_BACK)
  })
})

describe('a record that nobody names', () => {
  it.each<[string, (image: Uint8Array) => SlotState | undefined]>([
    ['', () => undefined],
    ['but under an earlier counter', (image) => naming(3, 0, image)],
    ['but under a later counter', (image) => naming(7, 0, image)],
    ['but under an even counter', (image) => naming(4, 0, image)],
    ['but under another high half', (image) => naming(5, 1, image)],
    ['but as another index', (image) => ({ index: 0, low: 5, image })],
    ['but as an index beyond the last', (image) => ({ index: INDEX + 2 ** 31, low: 5, image })],
  ])('%s, is not taken while another writer is alive; one that is alone releases it', (_, nameOf) => {
    const { path, store, image } = stuckRecord(5, 0)
    const name = nameOf(image)
    if (name !== undefined) writeSlot(path, 1, name)
    const torn = imageOf(path, INDEX)
    {
      // One that comes to have the slot does not take it either.
      using next = TickStore.open(path, HASTY)
      for (const each of [store, next]) {
        for (const use of [() => each.get(INDEX), () => each.set(INDEX, TICK)]) {
          expect(codeOf(use)).toBe('ERR_WRITER_STALLED')
        }
      }
      expect(counterOf(path, INDEX)).toEqual([5, 0])
    }
    store.getPrice(INDEX)
    expect(store.recovered).toEqual(RELEASED)
    expect(counterOf(path, INDEX)).toEqual([6, 0])
    expect(imageOf(path, INDEX)).toEqual(torn)
    // It is one of many still.
    using other = TickStore.open(path, HASTY)
    other.set(INDEX, TICK)
    expect(store.get(INDEX)).toEqual(TICK)
  })

  it('is released under any mark', () => {
    const path = newStore()
    setCounter(path, INDEX, 5)
    markAsClean(path, 3)
    using store = TickStore.open(path, HASTY)
    expect(store.recovered).toEqual([])
    expect(store.get(INDEX)).toEqual(BEFORE)
    expect(store.recovered).toEqual(RELEASED)
  })
})

describe('a takeover that was cut short', () => {
  it('while the image was put back is done again', () => {
    const { path, store, image } = stuckRecord(5, 0)
    writeSlot(path, 1, naming(5, 0, image))
    const { slots, close } = locksOf(path)
    // The first survivor, which is alive so far.
    slots.tryTake(1)
    expect(codeOf(() => store.get(INDEX))).toBe('ERR_WRITER_STALLED')
    close()
    expect(store.get(INDEX)).toEqual(BEFORE)
    expect(store.recovered).toEqual(ROLLED_BACK)
  })

  it('before the slot forgot the record changes nothing any more', () => {
    const { path, store } = stuckRecord(5, 0)
    writeSlot(path, 1, naming(5, 0, imageOf(path, 0)))
    setCounter(path, INDEX, 6)
    expect(store.getPrice(INDEX)).not.toBe(TICK.price)
    store.set(INDEX, { ...TICK, price: 4 })
    using next = TickStore.open(path, HASTY)
    expect(next.get(INDEX)).toEqual({ ...TICK, price: 4 })
    for (const each of [store, next]) expect(each.recovered).toEqual([])
  })
})

describe('a writer that is given a slot', () => {
  it('mends what it names first', () => {
    const { path, image } = stuckRecord(5, 0)
    writeSlot(path, 1, naming(5, 0, image))
    using next = TickStore.open(path, HASTY)
    expect(next.recovered).toEqual(ROLLED_BACK)
    expect(next.get(INDEX)).toEqual(BEFORE)
  })

  it('takes another where a living writer may have what it names', () => {
    const { path, store } = stuckRecord(5, 0)
    const { slots, close } = locksOf(path)
    writeSlot(path, 1, naming(5, 0))
    slots.tryTake(2)
    writeSlot(path, 2, naming(5, 0))
    using next = TickStore.open(path, HASTY)
    expect(next.recovered).toEqual([])
    expect(namedLow(path, 1)).toBe(5)
    next.setPrice(0, 1)
    expect(namedLow(path, 3) & 1).toBe(1)
    close()
    store.getPrice(INDEX)
    expect(store.recovered).toEqual(RELEASED)
  })

  it.each([2 ** 32 - 1, 3, 2 ** 31])('forgets a record that there is not: %d', (index) => {
    const { path, store } = stuckRecord(6, 0)
    writeSlot(path, 1, { index, low: 5, image: Buffer.alloc(96) })
    using next = TickStore.open(path, HASTY)
    expect(namedLow(path, 1) & 1).toBe(0)
    for (const each of [store, next]) expect(each.recovered).toEqual([])
  })
})

describe('locks that are given back', () => {
  it('leave the dead ones’ slots to newcomers', () => {
    const { path, store, image } = stuckRecord(5, 0)
    writeSlot(path, 1, naming(5, 0, image))
    store.get(INDEX)
    const { slots } = locksOf(path)
    expect(slots.tryTake(1)).toBe(true)
    expect(slots.tryTake(0)).toBe(false)
  })
})

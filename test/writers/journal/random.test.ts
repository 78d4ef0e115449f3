/** Journals of random bytes: what they roll back is what a model says, and random bytes never are an image. */
import { rmSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import {
  HAS_IMAGE,
  JOURNAL_FILE,
  NO_IMAGE,
  PART_LENGTH_OFFSET_BYTES,
  PART_START_OFFSET_BYTES,
} from '../../../src/format/journal.ts'
import { TickStore } from '../../processes/stores.ts'
import { codeOf } from '../../support/errors.ts'
import { fastPath } from '../../support/temp.ts'
import { RECORD_BYTES, setCounter, TICK } from '../../support/tick-files.ts'
import { MANY, newStore, SMALL } from '../many/support.ts'
import { forgetClosing, imageOf, journalBytes, slotBytes, tear, writeSlot } from './support.ts'

const INDEX = 1
const IMAGE_BYTES = RECORD_BYTES - 8
const RECORD_WORDS = RECORD_BYTES / 4

/** Values near those that count, and any others. */
const word = fc.oneof(fc.nat(8), fc.constantFrom(2 ** 31, 2 ** 32 - 1), fc.nat(2 ** 32 - 1))
const low = fc.oneof({ arbitrary: fc.constant(5), weight: 3 }, { arbitrary: word, weight: 1 })
const high = fc.oneof({ arbitrary: fc.constant(7), weight: 3 }, { arbitrary: word, weight: 1 })
const index = fc.oneof({ arbitrary: fc.constant(INDEX), weight: 3 }, { arbitrary: word, weight: 1 })
const state = fc.oneof(fc.constantFrom(HAS_IMAGE, NO_IMAGE), fc.nat(2 ** 32 - 1))
const start = fc.oneof(
  { arbitrary: fc.constant(2), weight: 2 },
  { arbitrary: fc.nat(RECORD_WORDS + 2), weight: 2 },
  word,
)
const length = fc.oneof({ arbitrary: fc.nat(RECORD_WORDS + 2), weight: 3 }, word)
const slotState = fc.record({ index, low, high, state, start, length, byte: fc.nat(0x7e) })
type AnySlot = typeof slotState extends fc.Arbitrary<infer T> ? T : never

const image = ({ byte }: AnySlot): Buffer => Buffer.alloc(IMAGE_BYTES, byte)
const isNaming = (slot: AnySlot): boolean => slot.index === INDEX && slot.low === 5 && slot.high === 7
/** An image is of words of the record, and not of its counter. */
const hasImage = ({ state, start, length }: AnySlot): boolean =>
  state === HAS_IMAGE && start >= 2 && start + length <= RECORD_WORDS
/** What the record, stuck at counter 5 of round 7, goes back to. */
const restoredOf = (torn: Buffer, slots: readonly AnySlot[]): Buffer | undefined => {
  const slot = slots.find((each) => isNaming(each) && hasImage(each))
  if (slot === undefined) return undefined
  const from = slot.start * 4 - 8
  return Buffer.from(torn).fill(slot.byte, from, from + slot.length * 4)
}

function bytesOf(slot: AnySlot): Buffer {
  const bytes = slotBytes({ ...slot, image: image(slot) })
  bytes.writeUInt32LE(slot.state)
  bytes.writeUInt32LE(slot.start, PART_START_OFFSET_BYTES)
  bytes.writeUInt32LE(slot.length, PART_LENGTH_OFFSET_BYTES)
  return bytes
}

/** One store for all runs: made stuck and torn anew for each. */
function stuckAgain(path: string): Buffer {
  tear(path, INDEX)
  setCounter(path, INDEX, 5, 7)
  return imageOf(path, INDEX)
}

it.each(['one', 'many'] as const)('slots of any content, for the next with writers: %s', (writers) => {
  const path = newStore(3, fastPath())
  const header = journalBytes(path)
  fc.assert(
    fc.property(fc.array(slotState, { maxLength: 5 }), (slots) => {
      const torn = stuckAgain(path)
      forgetClosing(path)
      writeFileSync(`${path}.journal`, Buffer.concat([header, ...slots.map(bytesOf)]))
      using store = TickStore.open(path, { ...SMALL, writers })
      const restored = restoredOf(torn, slots)
      expect(store.recovered).toEqual([
        { index: INDEX, outcome: restored === undefined ? 'released' : 'rolled-back' },
      ])
      expect(imageOf(path, INDEX)).toEqual(restored ?? torn)
      for (const i of [0, 2]) expect(store.get(i)).toEqual({ ...TICK, volume: i })
    }),
    { numRuns: 60 },
  )
})

it('slots of any content, for a survivor', () => {
  const path = newStore(3, fastPath())
  const store = TickStore.open(path, { ...MANY, stallTimeoutMs: 0 })
  onTestFinished(() => store.close())
  // A writer that is alone would release a record that nobody names.
  const other = TickStore.open(path, MANY)
  onTestFinished(() => other.close())
  fc.assert(
    fc.property(fc.array(slotState, { minLength: 1, maxLength: 5 }), (slots) => {
      const torn = stuckAgain(path)
      slots.forEach((slot, i) => {
        writeSlot(path, i + 2, bytesOf(slot))
      })
      for (let slot = slots.length; slot < 5; slot++) writeSlot(path, slot + 2, { index: 0, low: 0 })
      const before = store.recovered.length
      let isStalled = false
      try {
        store.setPrice(INDEX, store.getPrice(INDEX))
      } catch (error) {
        expect(error).toMatchObject({ code: 'ERR_WRITER_STALLED' })
        isStalled = true
      }
      expect(isStalled).toBe(!slots.some(isNaming))
      expect(imageOf(path, INDEX)).toEqual(restoredOf(torn, slots) ?? torn)
      expect(store.recovered.length - before).toBe(isStalled ? 0 : 1)
    }),
    { numRuns: 200 },
  )
})

it.each(['one', 'many'] as const)('bytes of any kind, for the next with writers: %s', (writers) => {
  const path = newStore(3, fastPath())
  const header = journalBytes(path)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.boolean(), (bytes, hasHeader) => {
      const torn = stuckAgain(path)
      forgetClosing(path)
      writeFileSync(`${path}.journal`, hasHeader ? Buffer.concat([header, bytes]) : bytes)
      // What has no content is nobody's.
      if (!hasHeader && bytes.some((byte) => byte !== 0) && !JOURNAL_FILE.isOurs(bytes)) {
        expect(codeOf(() => TickStore.open(path, { ...SMALL, writers }))).toBe('ERR_BAD_MAGIC')
        rmSync(`${path}.journal`)
      }
      using store = TickStore.open(path, { ...SMALL, writers })
      expect(store.recovered).toEqual([{ index: INDEX, outcome: 'released' }])
      expect(imageOf(path, INDEX)).toEqual(torn)
      for (const i of [0, 2]) expect(store.get(i)).toEqual({ ...TICK, volume: i })
    }),
    { numRuns: 60 },
  )
})

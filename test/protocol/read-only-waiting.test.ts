/**
 * Reading must never write to the record: a read-only mapping forbids it, and ends the process. Some compilers make an
 * atomic load a read-modify-write once a loop is hot, so these loops are.
 */
import { defineStore, float64 } from 'mmapforge'
import { expect, test } from 'vitest'
import { emittedStore } from '../../src/codegen/compile.ts'
import { atomicSeqlock, fencedSeqlock } from '../../src/protocol/seqlock.ts'
import * as runtime from '../../src/runtime.ts'
import { openedOf } from '../support/any-store.ts'
import { tempPath } from '../support/temp.ts'

const HOT_COUNT = 20_000
const FIRST_COUNTER = 16

const PointStore = defineStore('Point', { version: 1 }, { x: float64 })

test('a reader without write access waits for a record that is being written', () => {
  const path = tempPath()
  using writer = PointStore.create(path)
  writer.append({ x: 7 })
  using reader = PointStore.open(path, { readOnly: true, stallTimeoutMs: 0 })
  const counters = new Int32Array(openedOf(writer as never).region.buffer)
  counters[FIRST_COUNTER] = 1
  let stallCount = 0
  for (let i = 0; i < HOT_COUNT; i++) {
    try {
      reader.getX(0)
    } catch (error) {
      expect(error).toHaveProperty('code', 'ERR_WRITER_STALLED')
      stallCount++
    }
  }
  expect(stallCount).toBe(HOT_COUNT)
  counters[FIRST_COUNTER] = 2
  expect(reader.getX(0)).toBe(7)
})

test.each([
  ['fenced', fencedSeqlock],
  ['atomic', atomicSeqlock],
])('the %s seqlock reads without write access', (_, seqlock) => {
  const path = tempPath()
  using writer = PointStore.create(path)
  writer.append({ x: 0 })
  const Compiled = emittedStore(PointStore.definition, { ...runtime, ...seqlock })
  using reader = Compiled.open(path, { readOnly: true })
  let matchCount = 0
  for (let i = 0; i < HOT_COUNT; i++) {
    writer.setX(0, i)
    if ((reader.get(0) as { x: number }).x === i) matchCount++
  }
  expect(matchCount).toBe(HOT_COUNT)
})

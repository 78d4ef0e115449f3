/** The methods of a store class that take a record for a write, and keep an image of it, as source text. */
import { HAS_IMAGE, NO_IMAGE, TAKEN } from '../../format/journal.ts'
import { RECORDS_WORD, WORD_BYTES } from '../../format/words.ts'
import {
  areImagesWhole,
  SLOT_HIGH,
  SLOT_IMAGE,
  SLOT_INDEX,
  SLOT_LOW,
  SLOT_PART_LENGTH,
  SLOT_PART_START,
  SLOT_STATE,
  wholePart,
} from '../../writers/slot.ts'
import { inRows } from '../code.ts'
import type { RecordText, TakingMethod } from './record-text.ts'

/**
 * Each class has its own methods, and small ones: what all classes share, compilers look up anew for each, and what is long
 * they do not inline. V8 inlines a callee of at most 460 bytecodes, and a method together with what was inlined into it
 * only up to 766 (920, its cumulative budget, over its reserve of 1.2): `set` of a record of 48 bytes with five fields just
 * fits. Constants are written as numbers, since V8 looks up what a module exports at each use.
 *
 * Once the counter is odd nothing is called: a call throws if the stack is exhausted.
 */
export function takingMethods(text: RecordText): string[] {
  const { code, counterIndex, recordSizeBytes } = text
  const words = recordSizeBytes / WORD_BYTES
  const { start: first, length } = wholePart(recordSizeBytes)
  const word = (at: string | number, from: string) => code`slot[${at}] = i32[${from}]‹ as number›`
  const naming = [
    `slot[${SLOT_LOW}] = 0`,
    `slot[${SLOT_INDEX}] = index`,
    word(SLOT_HIGH, 'counter + 1'),
    `slot[${SLOT_LOW}] = before | 1`,
  ]
  /** The method returns the counter before, or 1 if it did not take the record: that, or the one that the slot names, may be mid-write. */
  const keeping = (method: TakingMethod, parameters: string, image: readonly string[]) => code`
    ‹private ›${method}(index‹: number›, i32‹: Int32Array›, counter‹: number›, slot‹: Int32Array›${parameters})‹: number› {
      const before = i32[counter]‹ as number›
      if (before & 1 || (slot[${SLOT_STATE}] && this.isSlotBusy())) return 1
      ${inRows(naming)}
      if (this.makeOdd(i32, counter, this.fence, before) !== before) return 1
      ${image}
      slot[${SLOT_STATE}] = ${HAS_IMAGE}
      return before
    }
  `
  const copied = () =>
    inRows(Array.from({ length }, (_, i) => word(SLOT_IMAGE + i, `counter + ${first + i}`)))
  // An exception: this is a call. If it throws, the slot says that the record is this writer's, and the record is unchanged.
  const called = (start: string | number, count: string | number) => [
    `slot[${SLOT_STATE}] = ${TAKEN}`,
    `copyWords(i32, counter + ${start}, slot, ${SLOT_IMAGE}, ${count})`,
    `slot[${SLOT_PART_START}] = ${start}`,
    `slot[${SLOT_PART_LENGTH}] = ${count}`,
  ]
  const methods: Readonly<Record<TakingMethod, () => string>> = {
    takeNumber: () => code`
      ‹private ›takeNumber(index‹: number›)‹: void› {
        if (this.isShared && ${text.isBelow('beginLimit')}) {
          const { i32, slot } = this
          const counter = ${counterIndex}
          const before = i32[counter]‹ as number›
          if (!(before & 1 || (slot[${SLOT_STATE}] && i32[(‹(›slot[${SLOT_INDEX}]‹ as number)› >>> 0) * ${words} + ${RECORDS_WORD}] === slot[${SLOT_LOW}]))) {
            ${inRows([`slot[${SLOT_STATE}] = ${NO_IMAGE}`, ...naming])}
            if (exchangeOdd(i32, counter, 0, before) === before) { slot[${SLOT_STATE}] = ${TAKEN}; return }
          }
        }
        this.missWrite(index)
      }
    `,
    takeRecord: () =>
      keeping('takeRecord', '', areImagesWhole(recordSizeBytes) ? copied() : called(first, length)),
    takePart: () =>
      keeping('takePart', code`, start‹: number›, end‹: number›`, called('start', 'end - start')),
  }
  if (text.taking.has('takePart') || !areImagesWhole(recordSizeBytes)) text.imports.add('copyWords')
  if (text.taking.has('takeNumber')) text.imports.add('exchangeOdd')
  return [...text.taking].map((method) => methods[method]())
}

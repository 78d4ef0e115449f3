/**
 * Writers that are not as users get them. They replace parts of the store in the process of the writer; the sources know
 * nothing of them.
 *
 * `dawdling` ones are sound: they take their time where a step of the protocol ends and the next begins, so that kills
 * and other writers come in between far more often than by chance. The mutants dawdle too, and each lacks one thing that
 * writers rest on: a torture that can't tell them from sound ones is worth nothing.
 */

import { sleepBriefly } from '../../../src/protocol/patience.ts'
import { TextField } from '../../../src/values/text-field.ts'
import { Journal } from '../../../src/writers/journal.ts'
import { SharedWriter } from '../../../src/writers/shared-writer.ts'
import { WriterSlots } from '../../../src/writers/writer-slots.ts'

/** A writer takes its time at one in so many places, and falls asleep at one in so many. */
const DAWDLE_ONE_IN = 16
const SLEEP_ONE_IN = 256
const DAWDLE_LOADS = 400
/** How often the two steps are far apart that a mutant makes of one. */
const GAP_ONE_IN = 4

const idle = new Int32Array(1)

function dawdle(): void {
  const random = Math.random()
  if (random < 1 / SLEEP_ONE_IN) sleepBriefly()
  else if (random < 1 / DAWDLE_ONE_IN) for (let i = 0; i < DAWDLE_LOADS; i++) Atomics.load(idle, 0)
}

/** Dawdles before and after each call of a method. */
function slowDown<K extends string>(
  prototype: Record<K, (...args: never[]) => unknown>,
  ...names: K[]
): void {
  for (const name of names) {
    const method = prototype[name]
    const slow = function (this: unknown, ...args: never[]): unknown {
      dawdle()
      const result = method.apply(this, args)
      dawdle()
      return result
    }
    Object.assign(prototype, { [name]: slow })
  }
}

function dawdling(): void {
  slowDown(Journal.prototype, 'name', 'keepImage', 'clear', 'restoreImage', 'names', 'hasImage')
  // Between the name, the odd counter, and the image: generated code makes no other call there.
  slowDown(Atomics, 'compareExchange')
  slowDown(WriterSlots.prototype, 'tryTake', 'giveBack')
  // In the middle of the stores to a record.
  slowDown(TextField.prototype, 'store')
}

const MUTANTS: Readonly<Record<string, () => void>> = {
  /** Records, and the right to append, are taken by a look and then a plain store. */
  'no-cas': () => {
    const exchange = (array: Int32Array, at: number, expected: number, value: number): number => {
      const found = array[at] as number
      if (found !== expected) return found
      if (Math.random() < 1 / GAP_ONE_IN) sleepBriefly()
      array[at] = value
      return found
    }
    Object.assign(Atomics, { compareExchange: exchange })
  },
  /** No image of a record is believed, as if none had been kept. */
  'no-journal': () => {
    Journal.prototype.hasImage = () => false
  },
  /** What the dead have left is nobody's business. */
  'no-takeover': () => {
    const { names } = Journal.prototype
    const { tryTakeAll, keepOnly } = WriterSlots.prototype
    // Only the first writer, with nobody else alive, mends what it finds.
    let isFirst = false
    WriterSlots.prototype.tryTakeAll = function () {
      isFirst = tryTakeAll.call(this)
      return isFirst
    }
    WriterSlots.prototype.keepOnly = function (slot) {
      isFirst = false
      keepOnly.call(this, slot)
    }
    Journal.prototype.names = function (...record) {
      return isFirst && names.apply(this, record)
    }
  },
  /** Everybody else is taken for dead. */
  'no-liveness': () => {
    const { tryTake } = WriterSlots.prototype
    const { mend } = SharedWriter.prototype
    let isMending = false
    WriterSlots.prototype.tryTake = function (slot) {
      return tryTake.call(this, slot) || isMending
    }
    SharedWriter.prototype.mend = function (place) {
      isMending = true
      try {
        return mend.call(this, place)
      } finally {
        isMending = false
      }
    }
  },
}

export const DAWDLING = 'dawdling'
export const MORTAL_MUTANT_NAMES = Object.keys(MUTANTS)

/** Makes this process one of a variant, for good. */
export function mutate(variant: string): void {
  const mutant = MUTANTS[variant]
  if (mutant !== undefined || variant === DAWDLING) dawdling()
  mutant?.()
}

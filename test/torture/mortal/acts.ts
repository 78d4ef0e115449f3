/** Everything that a mortal writer does: each act leaves in the ledger what it came to. */
import { halves, note } from '../derived-values.ts'
import type { Random } from '../random.ts'
import { append, appendMany, nextGeneration } from './appends.ts'
import type { Life } from './life.ts'
import { ACCOUNT_COUNT, HOT_COUNT, type MortalRecord, recordOf } from './records.ts'
import type { Counter } from './seat.ts'

export type Act = (life: Life) => void

/** Thrown by a callback of `modify`, which then changes nothing. */
const CHANGED_MIND = new RangeError('the writer has changed its mind')

/** Weighted by repetition. */
const ACTS: readonly Act[] = [
  ...repeat(6, set),
  ...repeat(4, update),
  ...repeat(3, setSolo),
  ...repeat(3, setNote),
  ...repeat(2, swapNote),
  ...repeat(8, add),
  ...repeat(2, addSmall),
  ...repeat(4, swap),
  ...repeat(4, modify),
  dropModify,
  ...repeat(2, append),
  appendMany,
  ...repeat(3, read),
]

function repeat(times: number, act: Act): Act[] {
  return Array.from({ length: times }, () => act)
}

export function actAtRandom(random: Random): Act {
  return ACTS[random.below(ACTS.length)] as Act
}

/** Mostly the first of a few. */
function oneOf(random: Random, from: number, to: number): number {
  return random.below(4) > 0 ? from : from + random.below(to - from)
}

const account = ({ random }: Life): number => oneOf(random, 0, ACCOUNT_COUNT)
const plain = ({ random }: Life): number => oneOf(random, ACCOUNT_COUNT, HOT_COUNT)
const any = (life: Life): number => (life.random.below(2) === 0 ? account(life) : plain(life))

/** A step up or down that carries into the high half, such that the sum of several tells which they are. */
function deltaOf({ random }: Life): number {
  const size = random.below(2 ** 16) * 2 ** 17 + random.below(2 ** 17) + 1
  return random.below(2) === 0 ? size : -size
}

/** All fields at once, of records whose counters do not count. */
function set(life: Life): void {
  const { seat, store, round } = life
  const index = plain(life)
  const generation = nextGeneration(life)
  const record = recordOf(generation, round.width)
  life.step(
    'whole',
    index,
    generation,
    1,
    () => store.set(index, record),
    () => seat.noteGroup(index, 'whole', generation),
  )
}

function update(life: Life): void {
  const { seat, store } = life
  const index = any(life)
  const left = nextGeneration(life)
  const patch = { left, right: halves(left) }
  life.step(
    'pair',
    index,
    left,
    1,
    () => store.update(index, patch),
    () => seat.noteGroup(index, 'pair', left),
  )
}

function setSolo(life: Life): void {
  const { seat, store } = life
  const index = any(life)
  const generation = nextGeneration(life)
  life.step(
    'solo',
    index,
    generation,
    1,
    () => store.setSolo(index, halves(generation)),
    () => seat.noteGroup(index, 'solo', generation),
  )
}

function setNote(life: Life): void {
  const { seat, store } = life
  const index = any(life)
  const generation = nextGeneration(life)
  life.step(
    'note',
    index,
    generation,
    1,
    () => store.setNote(index, note(generation)),
    () => seat.noteGroup(index, 'note', generation),
  )
}

function swapNote(life: Life): void {
  const { seat, store, random } = life
  const index = any(life)
  const generation = nextGeneration(life)
  const expected = random.below(4) === 0 ? 'no note is so' : store.getNote(index)
  const run = (): boolean => store.compareAndSetNote(index, expected, note(generation))
  life.step('note', index, generation, 1, run, (isSet) => {
    if (isSet) seat.noteGroup(index, 'note', generation)
    else seat.add('refusals')
  })
}

function add(life: Life): void {
  const { seat, store, random } = life
  const index = account(life)
  const delta = deltaOf(life)
  const adders: readonly [Counter, () => unknown][] = [
    ['sum53', () => store.addSum53(index, delta)],
    ['sum64', () => store.addSum64(index, BigInt(delta))],
    ['sumFloat', () => store.addSumFloat(index, delta)],
  ]
  const [counter, run] = adders[random.below(adders.length)] as (typeof adders)[number]
  life.step(counter, index, delta, 1, run, () => seat.noteSum(index, counter, delta))
}

/** A range of one byte, so that many a sum is refused. */
function addSmall(life: Life): void {
  const { seat, store, random } = life
  const index = account(life)
  const delta = random.below(255) - 127
  const run = (): boolean => {
    try {
      store.addSumSmall(index, delta)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_VALUE_OUT_OF_RANGE') throw error
      return false
    }
  }
  life.step('sumSmall', index, delta, 1, run, (isAdded) => {
    if (isAdded) seat.noteSum(index, 'sumSmall', delta)
    else seat.add('refusals')
  })
}

function swap(life: Life): void {
  const { seat, store, random } = life
  const index = account(life)
  const delta = deltaOf(life)
  const expected = store.getSwapped(index) + (random.below(4) === 0 ? 1 : 0)
  const run = (): boolean => store.compareAndSetSwapped(index, expected, expected + delta)
  life.step('swapped', index, delta, 1, run, (isSet) => {
    if (isSet) seat.noteSum(index, 'swapped', delta)
    else seat.add('refusals')
  })
}

/** Everything but the counters anew, and a version on: what it is given must be whole. */
function modify(life: Life): void {
  const { seat, store, round } = life
  const index = any(life)
  const generation = nextGeneration(life)
  const fresh = recordOf(generation, round.width)
  const run = (): MortalRecord =>
    store.modify(index, (record) => {
      life.check(index, record, 'modify')
      const { sum53, sum64, sumFloat, sumSmall, swapped, version } = record
      return { ...fresh, sum53, sum64, sumFloat, sumSmall, swapped, version: version + 1 }
    })
  life.step('version', index, generation, 1, run, () => {
    seat.noteGroup(index, 'whole', generation)
    if (index < ACCOUNT_COUNT) seat.noteSum(index, 'version', 1)
  })
}

function dropModify(life: Life): void {
  const { seat, store } = life
  const index = any(life)
  const run = (): void => {
    try {
      store.modify(index, () => {
        throw CHANGED_MIND
      })
    } catch (error) {
      if (error !== CHANGED_MIND) throw error
    }
  }
  life.step('nothing', index, 0, 0, run, () => seat.add('refusals'))
}

/** A writer reads as well, and mends what it then finds left by the dead. */
function read(life: Life): void {
  const { seat, store } = life
  const index = any(life)
  try {
    life.check(index, store.get(index), 'get')
    seat.add('reads')
  } catch (error) {
    life.failed(`get(${index})`, error)
  }
}

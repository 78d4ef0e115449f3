/** Appends of a mortal writer: one record, or several that appear together. */

import { SEAT_COUNT } from './ledger.ts'
import type { Life } from './life.ts'
import { recordOf } from './records.ts'

const APPENDS_AT_ONCE = 4

/** The generation of a write: no other has the same. */
export function nextGeneration({ seat, number }: Life): number {
  return seat.nextSerial() * SEAT_COUNT + number
}

/** One record, now and then one without fields. */
export function append(life: Life): void {
  const { seat, store, random, round } = life
  if (!hasRoom(life)) return
  const generation = random.below(8) === 0 ? 0 : nextGeneration(life)
  const record = generation === 0 ? undefined : recordOf(generation, round.width)
  const { capacity } = store
  life.step(
    'append',
    0,
    generation,
    1,
    () => store.append(record),
    (index) => {
      seat.noteAppend(generation, index)
      seat.add('appends')
    },
  )
  if (store.capacity !== capacity) seat.add('growths')
}

export function appendMany(life: Life): void {
  const { seat, store, round, random } = life
  if (!hasRoom(life)) return
  const count = 1 + random.below(APPENDS_AT_ONCE)
  const generations = Array.from({ length: count }, () => nextGeneration(life))
  const records = generations.map((generation) => recordOf(generation, round.width))
  const first = generations[0] as number
  life.step(
    'append',
    0,
    first,
    count,
    () => store.appendMany(records),
    (from) => {
      for (const [i, generation] of generations.entries()) seat.noteAppend(generation, from + i)
      seat.add('appends', count)
    },
  )
}

function hasRoom({ seat, store, round, appends }: Life): boolean {
  return appends && store.length < round.fullCount && seat.appendsLeft >= APPENDS_AT_ONCE
}

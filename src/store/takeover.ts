/**
 * Taking a record over from a writer that died in the middle of it.
 *
 * A record is stuck where its counter is odd. The slots of the journal that name it under that counter are its writer's
 * and, for a moment, those of writers that lost the race for it; only its writer's has an image. If the locks of all of
 * them can be had, their writers are dead, and the record is nobody's: the image goes back, the counter becomes even,
 * and no slot names it any more. Whoever has the locks is the only one to do this. If it dies on the way, its locks go,
 * the slots still name the record, and the next survivor does it all again.
 *
 * A record that no slot names is not touched: it is being written by somebody who keeps no journal.
 */
import type { Journal } from './journal.ts'
import { mendRecord, type RecoveredRecord } from './recovery.ts'
import type { RecordPlace } from './write-guard.ts'
import type { WriterSlots } from './writer-slots.ts'

/**
 * @param own - a slot whose lock the caller has, and keeps
 * @returns undefined where a living writer has the record, or none is known
 */
export function takeOver(
  journal: Journal,
  slots: WriterSlots,
  own: number,
  place: RecordPlace,
): RecoveredRecord | undefined {
  const { i32, counter, index } = place
  const stuck = Atomics.load(i32, counter)
  if ((stuck & 1) === 0) return undefined
  const taken: number[] = []
  const bases: number[] = []
  try {
    const { slotCount } = journal
    for (let slot = 0; slot < slotCount; slot++) {
      const base = journal.baseOf(slot)
      if (!journal.names(base, index, i32, counter)) continue
      if (slot !== own) {
        if (!slots.tryTake(slot)) return undefined
        taken.push(slot)
      }
      bases.push(base)
    }
    // A slot that came to name it since has lost the race: the counter was odd before, and is the same still.
    if (bases.length === 0 || Atomics.load(i32, counter) !== stuck) return undefined
    const mended = mendRecord(
      place,
      journal,
      bases.find((base) => journal.hasImage(base)),
    )
    for (const base of bases) journal.clear(base)
    return mended
  } finally {
    for (const slot of taken) slots.giveBack(slot)
  }
}

/**
 * Mends what a slot still names whose lock the caller has just taken, so that the slot can be used anew.
 *
 * @returns false where another living writer may be the one that has the record: the slot is better left alone
 */
export function clearSlot(
  journal: Journal,
  slots: WriterSlots,
  slot: number,
  placeOf: (index: number) => RecordPlace | undefined,
  recovered: RecoveredRecord[],
): boolean {
  const base = journal.baseOf(slot)
  const index = journal.namedIndex(base)
  const place = index === undefined ? undefined : placeOf(index)
  if (place === undefined || !journal.names(base, place.index, place.i32, place.counter)) return true
  const mended = takeOver(journal, slots, slot, place)
  if (mended === undefined) return !journal.names(base, place.index, place.i32, place.counter)
  recovered.push(mended)
  return true
}

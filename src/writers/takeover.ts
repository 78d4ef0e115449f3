/**
 * Taking a record over from a writer that died in the middle of it.
 *
 * A record is stuck where its counter is odd. An odd counter has had one writer in all of the store's history: a record
 * that is let go goes on to the next even counter, and never back. So the slots of the journal that name the record under
 * it are its writer's and, for a moment, those of writers that lost the race for it; and only its writer's has an image.
 * If its writer's lock can be had, it is dead, and the record is nobody's: the image goes back, the counter becomes even,
 * and the slot names it no more. Whoever has that lock is the only one to do this. If it dies on the way, its lock goes,
 * the slot still names the record, and the next survivor does it all again.
 *
 * A record that no slot names is not touched: it is being written by somebody who keeps no journal.
 */
import type { RecordPlace } from '../protocol/record-place.ts'
import { appenderMark, NOBODY } from './append-lock.ts'
import { APPENDER_WORD, type Journal } from './journal.ts'
import { mendRecord, type RecoveredRecord } from './recovery.ts'
import type { WriterSlots } from './writer-slots.ts'

/**
 * @param own a slot whose lock the caller has, and keeps
 * @returns undefined where a living writer may have the record, or none is known
 */
export function takeOver(
  journal: Journal,
  slots: WriterSlots,
  own: number,
  place: RecordPlace,
): RecoveredRecord | undefined {
  const { i32, counter } = place
  const stuck = Atomics.load(i32, counter)
  if ((stuck & 1) === 0) return undefined
  const isNaming = (slot: number): boolean => journal.names(journal.baseOf(slot), place)
  const taken: number[] = []
  const dead: number[] = []
  let isContested = false
  try {
    // After the counter: a slot that has been added since is not the writer's.
    const { slotCount } = journal
    for (let slot = 0; slot < slotCount; slot++) {
      if (!isNaming(slot)) continue
      if (slot !== own) {
        if (!slots.tryTake(slot)) {
          isContested = true
          continue
        }
        taken.push(slot)
      }
      // Looked at again, for now it stands still: before, its index and counter may have belonged to two names.
      if (isNaming(slot)) dead.push(slot)
    }
    // The counter is odd and the same all along, so its writer's slot named the record while we looked.
    if (dead.length === 0 || Atomics.load(i32, counter) !== stuck) return undefined
    const bases = dead.map((slot) => journal.baseOf(slot))
    const image = bases.find((base) => journal.hasImage(base))
    // A living writer that names it has merely lost the race, if a dead one's image says who won.
    if (isContested && image === undefined) return undefined
    const mended = mendRecord(place, journal, image)
    for (const base of bases) journal.clear(base)
    return mended
  } finally {
    for (const slot of taken) slots.giveBack(slot)
  }
}

/**
 * Ends what a slot's dead owner was about, whose lock the caller has just taken, so that the slot can be used anew. What
 * it names has to be cleared in any case: it may be a record that its owner was only about to take.
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
  // Whoever had the slot appends no more; left as it is, the mark would seem to be its new owner's.
  Atomics.compareExchange(journal.words, APPENDER_WORD, appenderMark(slot), NOBODY)
  const base = journal.baseOf(slot)
  const index = journal.namedIndex(base)
  const place = index === undefined ? undefined : placeOf(index)
  if (place === undefined || !journal.names(base, place)) return true
  const mended = takeOver(journal, slots, slot, place)
  if (mended === undefined) return !journal.names(base, place)
  recovered.push(mended)
  return true
}

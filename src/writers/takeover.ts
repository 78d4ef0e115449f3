/**
 * Taking a record over from a writer that died mid-write.
 *
 * An odd counter has one owner in all of the store's history: a record that is let go moves on to the next even counter,
 * never back. So the slots that name the record under that counter are its owner's and, for a moment, those of writers that
 * lost the race for it; only the owner's slot has an image. If the lock of the owner's slot is free, the owner is dead. The
 * survivor that takes this lock is the only one to mend the record: it puts the image back, makes the counter even, and
 * clears the slot. If it dies on the way, the kernel releases its lock, the slot still names the record, and the next
 * survivor does it all again.
 *
 * A record that no slot names is not touched: its writer keeps no journal.
 */
import type { RecordPlace } from '../protocol/record-place.ts'
import { appenderMark, NOBODY } from './append-lock.ts'
import { APPENDER_WORD, type Journal } from './journal.ts'
import { mendRecord, type RecoveredRecord } from './recovery.ts'
import type { WriterSlots } from './writer-slots.ts'

/**
 * @param own a slot whose lock the caller holds, and keeps
 * @returns undefined if a living writer may own the record, or no slot names it
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
    // After the counter: a slot that was added since can't be the owner's.
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
      // Looks again, now that the slot can't change: before, its index and counter may have belonged to two names.
      if (isNaming(slot)) dead.push(slot)
    }
    // The counter was the same odd value all along, so its owner's slot named the record while we looked.
    if (dead.length === 0 || Atomics.load(i32, counter) !== stuck) return undefined
    const bases = dead.map((slot) => journal.baseOf(slot))
    const image = bases.find((base) => journal.hasImage(base))
    // A dead writer's image proves that it won: a living one that names the record has merely lost the race.
    if (isContested && image === undefined) return undefined
    const mended = mendRecord(place, journal, image)
    for (const base of bases) journal.clear(base)
    return mended
  } finally {
    for (const slot of taken) slots.giveBack(slot)
  }
}

/**
 * Ends what the dead owner of a slot was doing, so that the slot can be used again. The caller has just taken its lock. The
 * name has to be cleared in any case: it may be of a record that the owner was only about to take.
 *
 * @returns false if another living writer may own the record: the slot is better left alone
 */
export function clearSlot(
  journal: Journal,
  slots: WriterSlots,
  slot: number,
  placeOf: (index: number) => RecordPlace | undefined,
  recovered: RecoveredRecord[],
): boolean {
  // The dead owner's mark as appender must go: otherwise it would pass for the new owner's.
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

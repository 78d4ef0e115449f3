/** Every way to read there is: each a step of a few milliseconds, with checks that find what can't be. */
import { isBlob, isHalves, isLongText, isNote, isShortText, isWideHalves } from './derived-values.ts'
import type { Random } from './random.ts'
import type { StoreWatch, WatchedStore } from './store-watch.ts'
import {
  SPIN_LIMIT,
  snapshotsInARow,
  spinOnByte,
  spinOnEveryLength,
  spinOnHalves,
  spinOnLane,
  spinOnLanesLength,
  spinOnText,
} from './tight-loops.ts'
import type { ReadContext, Watches, WayToRead } from './watches.ts'
import { cursor, intoOneObject, scan } from './ways-to-read-many.ts'

type Watch = Watches['every'] | Watches['lanes']

const RANDOM_READS = 200
const READS_IN_A_ROW = 5000
const ITERATED_RECORDS = 128
/** Records read after the length was seen to grow. */
const FOLLOWED_RECORDS = 64

/** Weighted by repetition. */
export const WAYS_TO_READ: readonly WayToRead[] = [
  againstAccount,
  (watches, context) => snapshots(watches.every, context),
  (watches, context) => snapshots(watches.lanes, context),
  fields,
  (watches, context) => iteration(watches.every, context),
  (watches, context) => iteration(watches.lanes, context),
  followEvery,
  followLanes,
  waitForNumber,
  waitForText,
  intoOneObject,
  scan,
  cursor,
  inARow,
  inARow,
  inARow,
  inARow,
  inARow,
]

function againstAccount({ every, lanes }: Watches, { counts }: ReadContext): void {
  every.checkAgainstAccount()
  lanes.checkAgainstAccount()
  counts.reads += 2
}

function snapshots(watch: Watch, { counts, random }: ReadContext): void {
  for (let i = 0; i < RANDOM_READS; i++) watch.read(randomIndex(watch, random))
  counts.reads += RANDOM_READS
}

/** Mostly the first record, often the last, else any. */
function randomIndex(watch: Watch, random: Random): number {
  const length = watch.length()
  switch (random.below(4)) {
    case 0:
      return random.below(length)
    case 1:
      return length - 1
    default:
      return 0
  }
}

/** Single fields that tell by themselves whether they are whole. */
function fields({ every, lanes }: Watches, { counts, random }: ReadContext): void {
  const { store } = every
  const check = (watch: Watch, getter: string, value: unknown, isWhole: boolean): void => {
    if (!isWhole) watch.found('torn', getter, value)
  }
  for (let i = 0; i < RANDOM_READS; i++) {
    const index = randomIndex(every, random)
    const i53 = store.getI53(index)
    check(every, `getI53(${index})`, i53, isHalves(-i53))
    const u53 = store.getU53(index)
    check(every, `getU53(${index})`, u53, isHalves(u53))
    const right = store.getRight(index)
    check(every, `getRight(${index})`, right, isHalves(right))
    const solo = store.getSolo(index)
    check(every, `getSolo(${index})`, solo, isHalves(solo))
    const i64 = store.getI64(index)
    check(every, `getI64(${index})`, i64, isWideHalves(i64))
    const u64 = store.getU64(index)
    check(every, `getU64(${index})`, u64, isWideHalves(u64))
    const short = store.getShort(index)
    check(every, `getShort(${index})`, short, isShortText(short))
    const long = store.getLong(index)
    check(every, `getLong(${index})`, long, isLongText(long))
    const note = store.getNote(index)
    check(every, `getNote(${index})`, note, isNote(note))
    const blob = store.getBlob(index)
    check(every, `getBlob(${index})`, blob, isBlob(blob))
    const halves = lanes.store.getHalves(0)
    check(lanes, 'getHalves(0)', halves, isHalves(halves))
  }
  counts.reads += 11 * RANDOM_READS
}

function iteration<R extends object>(watch: StoreWatch<R, WatchedStore<R>>, { counts }: ReadContext): void {
  // Without an end: it goes on into what is appended meanwhile.
  let index = Math.max(0, watch.length() - ITERATED_RECORDS / 2)
  const end = index + ITERATED_RECORDS
  for (const record of watch.store.records(index)) {
    watch.check(index, record, `records(${index})`)
    counts.reads++
    if (++index === end) return
  }
}

function followEvery({ every }: Watches, context: ReadContext): void {
  const beat = context.account()
  if (beat.everyCountDone === beat.everyCountLimit) return
  const wanted = every.length() + 1
  const { looks, isStale } = context.stale.run(
    'every.length',
    ({ everyCountDone }) => everyCountDone,
    () => spinOnEveryLength(every.store, wanted),
  )
  afterGrowth(every, wanted, looks, isStale, context)
}

function followLanes({ lanes }: Watches, context: ReadContext): void {
  const beat = context.account()
  if (beat.lanesCountDone === beat.lanesCountLimit) return
  const wanted = lanes.length() + 1
  const { looks, isStale } = context.stale.run(
    'lanes.length',
    ({ lanesCountDone }) => lanesCountDone,
    () => spinOnLanesLength(lanes.store, wanted),
  )
  afterGrowth(lanes, wanted, looks, isStale, context)
}

/** Whatever is counted can be read at once, and is whole. */
function afterGrowth(
  watch: Watch,
  wanted: number,
  looks: number,
  isStale: boolean,
  { counts }: ReadContext,
): void {
  counts.reads += looks
  if (isStale) watch.found('stale', 'length', `a loop waits for ${wanted}, which was reached long ago`)
  if (looks < SPIN_LIMIT) watch.read(wanted - 1)
  const length = watch.length()
  for (let index = Math.max(wanted - 1, length - FOLLOWED_RECORDS); index < length; index++) {
    watch.read(index)
    counts.reads++
  }
}

function waitForNumber({ every, lanes }: Watches, context: ReadContext): void {
  const { lane0, halves } = lanes.store.get(0)
  waitFor(lanes, 'getLane0(0)', lane0, context, () => spinOnLane(lanes.store, lane0))
  waitFor(lanes, 'getHalves(0)', halves, context, () => spinOnHalves(lanes.store, halves))
  const byte = every.store.getU8(0)
  waitFor(every, 'getU8(0)', byte, context, () => spinOnByte(every.store, byte))
}

function waitForText({ every }: Watches, context: ReadContext): void {
  const text = every.store.getShort(0)
  waitFor(every, 'getShort(0)', text, context, () => spinOnText(every.store, text))
}

function waitFor(
  watch: Watch,
  getter: string,
  old: string | number,
  { counts, stale }: ReadContext,
  spin: () => number,
): void {
  const { looks, isStale } = stale.run(`${watch.name}.${getter}`, ({ beat }) => beat, spin)
  counts.reads += looks
  if (isStale) watch.found('stale', getter, `a loop saw nothing but ${old}, which was overwritten long ago`)
}

function inARow({ lanes }: Watches, { counts }: ReadContext): void {
  const { tornCount, first } = snapshotsInARow(lanes.store, READS_IN_A_ROW)
  counts.reads += READS_IN_A_ROW
  if (first !== undefined) lanes.found('torn', 'get(0)', first, tornCount)
}

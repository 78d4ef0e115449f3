/** The records that mortal writers fight over: derived fields that show a mixture, and counters that show a lost write. */
import {
  bool,
  bytes,
  float32,
  float64,
  int8,
  int16,
  int53,
  int64,
  type RecordOf,
  type StoreOf,
  str,
  uint32,
  uint53,
  uint64,
} from 'mmapforge'
import {
  halves,
  isHalves,
  isNote,
  longText,
  note,
  sameBytes,
  shortText,
  wideHalves,
} from '../derived-values.ts'

/** A record of few words, which is copied in a loop, and one of many, which takes long to copy and to write. */
const PAYLOAD_BYTES = { narrow: 8, wide: 2048 } as const
export type Width = keyof typeof PAYLOAD_BYTES

const fieldsOf = <N extends number>(payloadBytes: N) =>
  ({
    /** All fields up to `payload` are derived from it. */
    generation: float64,
    flag: bool,
    i16: int16,
    u32: uint32,
    i64: int64,
    u53: uint53,
    f32: float32,
    short: str(8),
    long: str(64),
    payload: bytes(payloadBytes),
    /** These two agree with each other: `update` writes them. */
    left: float64,
    right: int53,
    /** Each of these agrees with itself: its setter writes it. */
    solo: uint53,
    note: str(24),
    /** Only ever added to. */
    sum53: int53,
    sum64: uint64,
    sumFloat: float64,
    sumSmall: int8,
    /** Only ever compared and set. */
    swapped: int53,
    /** How often `modify` has changed the record. */
    version: uint32,
  }) as const

export const narrowFields = fieldsOf(PAYLOAD_BYTES.narrow)
export const wideFields = fieldsOf(PAYLOAD_BYTES.wide)

export type MortalRecord = RecordOf<typeof narrowFields>
export type MortalStore = StoreOf<typeof narrowFields>

/** The first records are what writers fight over: accounts, whose counters are never overwritten, and plain ones. */
export const ACCOUNT_COUNT = 4
export const HOT_COUNT = 8

/** Where the counters of an account begin: in the middle of their range, so that steps either way carry. */
export const FIRST_SUMS = {
  sum53: 0,
  sum64: 2n ** 62n,
  sumFloat: 0,
  sumSmall: 0,
  swapped: 0,
  version: 0,
} as const

const PAYLOADS = {
  narrow: payloadTable(PAYLOAD_BYTES.narrow),
  wide: payloadTable(PAYLOAD_BYTES.wide),
}

function payloadTable(sizeBytes: number): readonly Uint8Array[] {
  // Of different lengths too, the shortest first: a torn one may be right as far as it goes.
  return Array.from({ length: 251 }, (_, k) =>
    Uint8Array.from({ length: sizeBytes - (k % 7) }, (_, i) => (k * 31 + (i >> 3)) & 255),
  )
}

function payloadOf(generation: number, width: Width): Uint8Array {
  const payloads = PAYLOADS[width]
  return payloads[generation % payloads.length] as Uint8Array
}

export function recordOf(generation: number, width: Width): MortalRecord {
  const low = generation % 2 ** 32
  return {
    generation,
    flag: generation % 2 === 1,
    i16: (low << 16) >> 16,
    u32: ~low >>> 0,
    i64: BigInt.asIntN(64, wideHalves(generation)),
    u53: halves(generation),
    f32: generation % 2 ** 24,
    short: shortText(generation),
    long: longText(generation),
    payload: payloadOf(generation, width),
    left: generation,
    right: halves(generation),
    solo: halves(generation),
    note: note(generation),
    ...FIRST_SUMS,
  }
}

/** The fields that are not as any write leaves them; none in a sound record. */
export function faultsOf(record: MortalRecord, width: Width): string[] {
  const { generation } = record
  if (!(Number.isSafeInteger(generation) && generation > 0)) return ['generation']
  const low = generation % 2 ** 32
  const faults: string[] = []
  if (record.flag !== (generation % 2 === 1)) faults.push('flag')
  if (record.i16 !== (low << 16) >> 16) faults.push('i16')
  if (record.u32 !== ~low >>> 0) faults.push('u32')
  if (record.i64 !== BigInt.asIntN(64, wideHalves(generation))) faults.push('i64')
  if (record.u53 !== halves(generation)) faults.push('u53')
  if (record.f32 !== generation % 2 ** 24) faults.push('f32')
  if (record.short !== shortText(generation)) faults.push('short')
  if (record.long !== longText(generation)) faults.push('long')
  if (!sameBytes(record.payload, payloadOf(generation, width))) faults.push('payload')
  if (record.right !== halves(record.left)) faults.push('left', 'right')
  if (!isHalves(record.solo)) faults.push('solo')
  if (!isNote(record.note)) faults.push('note')
  return faults
}

/** Whether it is a record that was appended without fields. */
export function isBlank(record: MortalRecord): boolean {
  return Object.values(record).every((value) => (value instanceof Uint8Array ? value.length === 0 : !value))
}

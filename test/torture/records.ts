/** The two record types of the torture, and how a record is made of a generation and checked against it. */
import {
  bool,
  bytes,
  float32,
  float64,
  int8,
  int16,
  int32,
  int53,
  int64,
  type RecordOf,
  type StoreOf,
  str,
  uint8,
  uint16,
  uint32,
  uint53,
  uint64,
} from 'mmapforge'
import {
  blob,
  halves,
  isHalves,
  isNote,
  longText,
  note,
  sameBytes,
  shortText,
  wideHalves,
} from './derived-values.ts'

/** Every type. `generation` tells what all fields but the last four must hold. */
export const everyFields = {
  generation: float64,
  flag: bool,
  i8: int8,
  u8: uint8,
  i16: int16,
  u16: uint16,
  i32: int32,
  u32: uint32,
  i64: int64,
  u64: uint64,
  i53: int53,
  u53: uint53,
  f32: float32,
  short: str(8),
  long: str(64),
  blob: bytes(48),
  /** These two agree with each other: `update` writes them. */
  left: float64,
  right: int53,
  /** Each of these agrees with itself: its setter writes it. */
  solo: uint53,
  note: str(24),
} as const

/** Numbers only, on several cache lines: its getters compile to nothing but loads, which compilers like to fold. */
export const lanesFields = {
  lane0: float64,
  lane1: float64,
  lane2: float64,
  lane3: float64,
  lane4: float64,
  lane5: float64,
  lane6: float64,
  lane7: float64,
  lane8: float64,
  lane9: float64,
  lane10: float64,
  lane11: float64,
  halves: int53,
} as const

export type EveryRecord = RecordOf<typeof everyFields>
export type LanesRecord = RecordOf<typeof lanesFields>
export type EveryStore = StoreOf<typeof everyFields>
export type LanesStore = StoreOf<typeof lanesFields>

/** A record that is not what any write has left. */
export interface Fault {
  readonly kind: 'torn' | 'zeroed'
  readonly fields: readonly string[]
}

export function everyOf(generation: number): EveryRecord {
  const low = generation % 2 ** 32
  return {
    generation,
    flag: generation % 2 === 1,
    i8: (low << 24) >> 24,
    u8: ~low & 0xff,
    i16: (low << 16) >> 16,
    u16: ~low & 0xffff,
    i32: low | 0,
    u32: ~low >>> 0,
    i64: BigInt.asIntN(64, wideHalves(generation)),
    u64: wideHalves(generation),
    i53: -halves(generation),
    u53: halves(generation),
    f32: generation % 2 ** 24,
    short: shortText(generation),
    long: longText(generation),
    blob: blob(generation),
    left: generation,
    right: halves(generation),
    solo: halves(generation),
    note: note(generation),
  }
}

export function lanesOf(generation: number): LanesRecord {
  return {
    lane0: generation,
    lane1: generation + 1,
    lane2: generation + 2,
    lane3: generation + 3,
    lane4: generation + 4,
    lane5: generation + 5,
    lane6: generation + 6,
    lane7: generation + 7,
    lane8: generation + 8,
    lane9: generation + 9,
    lane10: generation + 10,
    lane11: generation + 11,
    halves: halves(generation),
  }
}

export function faultOfEvery(record: EveryRecord): Fault | undefined {
  const { generation } = record
  if (!isGeneration(generation)) return { kind: generation === 0 ? 'zeroed' : 'torn', fields: ['generation'] }
  const expected = everyOf(generation)
  const fields: string[] = []
  for (const property of DERIVED) {
    if (!sameValue(record[property], expected[property])) fields.push(property)
  }
  // Whatever writes the pair or a single field comes after the write of the whole record.
  if (!(record.left >= generation && record.right === halves(record.left))) fields.push('left', 'right')
  if (!isHalves(record.solo)) fields.push('solo')
  if (!isNote(record.note)) fields.push('note')
  return fields.length === 0 ? undefined : { kind: 'torn', fields }
}

export function faultOfLanes(record: LanesRecord): Fault | undefined {
  const generation = record.lane0
  if (!isGeneration(generation)) return { kind: generation === 0 ? 'zeroed' : 'torn', fields: ['lane0'] }
  const expected = lanesOf(generation)
  const fields = LANES.filter((property) => record[property] !== expected[property])
  return fields.length === 0 ? undefined : { kind: 'torn', fields }
}

/** The same without a word on what is wrong, for loops that a compiler shall turn into loads and compares. */
export function isWholeLanes(record: LanesRecord): boolean {
  const { lane0 } = record
  return (
    lane0 > 0 &&
    record.lane1 - lane0 === 1 &&
    record.lane2 - lane0 === 2 &&
    record.lane3 - lane0 === 3 &&
    record.lane4 - lane0 === 4 &&
    record.lane5 - lane0 === 5 &&
    record.lane6 - lane0 === 6 &&
    record.lane7 - lane0 === 7 &&
    record.lane8 - lane0 === 8 &&
    record.lane9 - lane0 === 9 &&
    record.lane10 - lane0 === 10 &&
    record.lane11 - lane0 === 11 &&
    record.halves === (lane0 % 2 ** 20) * 2 ** 32 + (lane0 % 2 ** 32)
  )
}

const OWN_GENERATION = new Set<string>(['left', 'right', 'solo', 'note'])
const DERIVED = (Object.keys(everyFields) as (keyof EveryRecord)[]).filter(
  (name) => !OWN_GENERATION.has(name),
)
const LANES = Object.keys(lanesFields) as (keyof LanesRecord)[]

function isGeneration(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}

function sameValue(a: unknown, b: unknown): boolean {
  return a instanceof Uint8Array && b instanceof Uint8Array ? sameBytes(a, b) : a === b
}

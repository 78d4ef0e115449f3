/** After a round, when all of its writers are dead: whether what the store holds is what they did. */
import { halves, note } from '../derived-values.ts'
import type { Violation } from '../participant-spec.ts'
import { shown } from '../store-watch.ts'
import { auditAppends } from './audit-appends.ts'
import { type Ledger, SEAT_COUNT } from './ledger.ts'
import {
  ACCOUNT_COUNT,
  FIRST_SUMS,
  faultsOf,
  HOT_COUNT,
  isBlank,
  type MortalRecord,
  type MortalStore,
} from './records.ts'
import { openerFor, type Round } from './rounds.ts'
import { COUNTERS, type Counter, type Doubt, GROUPS, type Group } from './seat.ts'
import { inWords } from './spec.ts'

export type Found = (kind: Violation['kind'], operation: string, evidence: unknown) => void

/** Doubts whose every combination is tried; of more, only the least and the greatest sum. */
const MAX_COMBINED = 16

export interface AuditResult {
  readonly violations: readonly Violation[]
  readonly rolledBack: number
  readonly released: number
}

/** Opens the store as the next writer would, which mends what the dead have left, and compares it with the ledger. */
export function audit(ledger: Ledger, round: Round): AuditResult {
  const violations: Violation[] = []
  let [rolledBack, released] = [0, 0]
  const found: Found = (kind, operation, evidence) => {
    violations.push({ kind, by: 'the audit', operation, round: round.number, evidence: shown(evidence) })
  }
  try {
    const writers = round.number % 3 === 0 ? 'one' : 'many'
    const store = openerFor('default', round.width).open(round.path, { writers, stallTimeoutMs: 1000 })
    for (const { outcome } of store.recovered) {
      if (outcome === 'rolled-back') rolledBack++
      else released++
    }
    // A reader finds what is stuck still, which a writer would mend on the way.
    const reader = openerFor('default', round.width).open(round.path, { readOnly: true, stallTimeoutMs: 0 })
    auditStore(reader, ledger, round, found)
    reader.close()
    store.close()
  } catch (error) {
    found('error', 'the audit', inWords(error))
  }
  return { violations, rolledBack, released }
}

function auditStore(store: MortalStore, ledger: Ledger, round: Round, found: Found): void {
  const seats = Array.from({ length: SEAT_COUNT }, (_, number) => ledger.seat(number))
  const doubts = seats.flatMap((seat) => seat.doubts())
  const records = [...store]
  records.forEach((record, index) => {
    if (index >= HOT_COUNT && isBlank(record)) return
    const faults = faultsOf(record, round.width)
    if (faults.length > 0) found('torn', `get(${index})`, { faults, record })
  })
  for (let index = 0; index < HOT_COUNT; index++) {
    const record = records[index] as MortalRecord
    for (const group of GROUPS) {
      const done = seats.map((seat) => seat.lastOf(index, group)).filter((generation) => generation > 0)
      // What the store was made with is there still if nobody has certainly written since.
      const possible = [...(done.length > 0 ? done : [index + 1]), ...doubtedOf(doubts, index, group)]
      if (possible.some((generation) => holds(record, group, generation))) continue
      found('stale', `the ${group} of ${index}`, { written: possible, record })
    }
    if (index >= ACCOUNT_COUNT) continue
    for (const counter of COUNTERS) {
      const sum = seats.reduce((total, seat) => total + seat.sumOf(index, counter), 0)
      auditCounter(record, index, counter, sum, doubts, found)
    }
  }
  auditAppends(
    records.slice(HOT_COUNT),
    seats.flatMap((seat) => seat.appends()),
    doubts,
    found,
  )
}

/** What those who died in the middle of it may have left in a group of fields. */
function doubtedOf(doubts: readonly Doubt[], index: number, group: Group): number[] {
  const steps: readonly string[] = [group, 'whole', 'version']
  return doubts
    .filter((doubt) => doubt.index === index && steps.includes(doubt.step))
    .map(({ value }) => value)
}

/** A group of fields holds what some writer wrote there last, never anything earlier. */
function holds(record: MortalRecord, group: Group, generation: number): boolean {
  switch (group) {
    case 'whole':
      return record.generation === generation
    case 'pair':
      return record.left === generation
    case 'solo':
      return record.solo === halves(generation)
    case 'note':
      return record.note === note(generation)
  }
}

/** A counter holds exactly what was added to it, and of what is in doubt some, or none, or all. */
function auditCounter(
  record: MortalRecord,
  index: number,
  counter: Counter,
  sum: number,
  doubts: readonly Doubt[],
  found: Found,
): void {
  const first = FIRST_SUMS[counter]
  const total = typeof first === 'bigint' ? Number(record.sum64 - first) : (record[counter] as number) - first
  const rest = total - sum
  const doubted = doubts
    .filter((doubt) => doubt.index === index && doubt.step === counter)
    .map(({ value }) => (counter === 'version' ? 1 : value))
  if (isSumOfSome(rest, doubted)) return
  found('lost', `the ${counter} of ${index}`, { total, certain: sum, rest, doubted })
}

function isSumOfSome(rest: number, parts: readonly number[], from = 0): boolean {
  if (rest === 0) return true
  if (parts.length - from > MAX_COMBINED) {
    const sumOf = (sign: number): number =>
      parts.filter((part) => Math.sign(part) === sign).reduce((sum, part) => sum + part, 0)
    return rest >= sumOf(-1) && rest <= sumOf(1)
  }
  return parts.some((part, i) => i >= from && isSumOfSome(rest - part, parts, i + 1))
}

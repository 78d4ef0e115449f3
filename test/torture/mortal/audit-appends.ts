/** Whether each record that was appended is there, once, where its writer was told that it is. */
import type { Found } from './audit.ts'
import { SEAT_COUNT } from './ledger.ts'
import { HOT_COUNT, type MortalRecord } from './records.ts'
import type { Doubt } from './seat.ts'

interface Append {
  /** 0 for a record without fields. */
  readonly generation: number
  readonly index: number
}

/** @param appended the records behind the hot ones */
export function auditAppends(
  appended: readonly MortalRecord[],
  certain: readonly Append[],
  doubts: readonly Doubt[],
  found: Found,
): void {
  const owners = new Map<number, Append>()
  for (const append of certain) {
    const { generation, index } = append
    const other = owners.get(index)
    if (other !== undefined) found('lost', `append at ${index}`, { generation, other: other.generation })
    owners.set(index, append)
    const record = appended[index - HOT_COUNT]
    if (record?.generation !== generation) found('lost', `append at ${index}`, { generation, record })
  }
  const doubted = doubtedGenerations(doubts)
  const seen = new Set<number>()
  appended.forEach(({ generation }, at) => {
    const index = at + HOT_COUNT
    if (generation !== 0 && seen.has(generation)) found('lost', `append at ${index}`, { again: generation })
    seen.add(generation)
    if (owners.has(index)) return
    const left = doubted.get(generation) ?? 0
    if (left === 0) found('impossible', `append at ${index}`, { generation })
    doubted.set(generation, left - 1)
  })
  auditWholes(doubts, seen, new Set(certain.map(({ generation }) => generation)), found)
}

/** How often each generation may be there without having been noted. */
function doubtedGenerations(doubts: readonly Doubt[]): Map<number, number> {
  const doubted = new Map<number, number>()
  for (const doubt of doubts) {
    for (const generation of generationsOf(doubt)) {
      doubted.set(generation, (doubted.get(generation) ?? 0) + 1)
    }
  }
  return doubted
}

function generationsOf({ step, value, count }: Doubt): number[] {
  if (step !== 'append') return []
  return value === 0 ? [0] : Array.from({ length: count }, (_, i) => value + i * SEAT_COUNT)
}

/** Records that are appended together are all there, or none of them is. */
function auditWholes(
  doubts: readonly Doubt[],
  seen: ReadonlySet<number>,
  certain: ReadonlySet<number>,
  found: Found,
): void {
  for (const doubt of doubts) {
    const generations = generationsOf(doubt)
    if (doubt.value === 0 || generations.some((generation) => certain.has(generation))) continue
    const there = generations.filter((generation) => seen.has(generation))
    if (there.length > 0 && there.length < generations.length) {
      found('lost', 'appendMany', { generations, there })
    }
  }
}

/** What a participant is told when it starts, and what it reports: plain data, for command lines and report files. */

export interface ParticipantSpec {
  readonly role: 'writer' | 'reader' | 'mortal-reader'
  /** Unique in the campaign; names the report file. */
  readonly name: string
  /** Folder of the campaign, where everything that it makes is. */
  readonly directory: string
  readonly variant: string
  readonly seed: number
  /** The store's own default where absent. */
  readonly stallTimeoutMs?: number | undefined
  /** When a participant ends on its own, whatever becomes of the coordinator. */
  readonly lifeMs: number
  /** The seed that all participants share, where they draw from it what a round is like. */
  readonly campaignSeed?: number
  /** How often it took another's place; given where it is to be replaced as well. */
  readonly renewal?: number
}

/**
 * - `torn`: fields of one record, or halves of one field, from different writes
 * - `zeroed`: a record that is counted, but was not filled yet
 * - `backwards`: a record, a field or a count older than what was read before it
 * - `impossible`: a generation or a count that the writer has not reached
 * - `stale`: the writer has moved on, and the reader does not see it
 * - `lost`: a write that was completed has left no trace, or a trace too many
 * - `stalled`: `ERR_WRITER_STALLED`, though the writer lives
 * - `error`: anything else that was thrown
 * - `hang`, `crash`: a participant that does not come back, or is gone
 */
export type ViolationKind =
  | 'torn'
  | 'zeroed'
  | 'backwards'
  | 'impossible'
  | 'stale'
  | 'lost'
  | 'stalled'
  | 'error'
  | 'hang'
  | 'crash'

/** One wrong observation, with what was observed. */
export interface Violation {
  readonly kind: ViolationKind
  /** The participant that saw it. */
  readonly by: string
  /** What was called, and on which record: `every.get(3)`. */
  readonly operation: string
  readonly round: number
  readonly evidence: string
}

export const COUNT_NAMES = [
  'reads',
  'writes',
  'appends',
  'growths',
  'rounds',
  'stalls',
  'refusals',
  'kills',
  'stops',
  'rolledBack',
  'released',
] as const
export type Counts = Record<(typeof COUNT_NAMES)[number], number>

/** A line of a report file. */
export interface Report {
  /** Totals so far. */
  readonly counts: Counts
  readonly violationCounts: Readonly<Partial<Record<ViolationKind, number>>>
  /** Violations since the last report, as far as they are kept. */
  readonly evidence: readonly Violation[]
  /** In the last report of a participant that ended as it should. */
  readonly isFinal: boolean
}

export function noCounts(): Counts {
  return Object.fromEntries(COUNT_NAMES.map((name) => [name, 0])) as Counts
}

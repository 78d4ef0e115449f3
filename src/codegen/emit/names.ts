/** Names that are derived from a record's name. */
import type { Schema } from '../../schema/schema.ts'

export interface RecordNames {
  readonly className: string
  readonly recordType: string
  readonly definition: string
  readonly cursorName: string
}

/** `Tick` makes `TickStore`, `TickRecord`, `TickDefinition` and `TickCursor`. */
export function namesOf({ name }: Pick<Schema, 'name'>): RecordNames {
  return {
    className: `${name}Store`,
    recordType: `${name}Record`,
    definition: `${name}Definition`,
    cursorName: `${name}Cursor`,
  }
}

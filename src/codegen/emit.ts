/** The emitter: turns schemas into the source text of typed stores. */
import type { Schema } from '../schema/schema.ts'

/** One module of TypeScript with a store class for each schema; `source` names the annotated file in its banner. */
export function emitModule(_schemas: readonly Schema[], _source: string): string {
  throw new Error('being written')
}

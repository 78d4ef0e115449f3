/** What a store class knows about its records: schema, layout and hash, computed once per class. */
import { MmapForgeError } from '../errors.ts'
import { schemaHash } from './hash.ts'
import { type Layout, layoutOf } from './layout.ts'
import { makeSchema, type Schema } from './schema.ts'

export interface StoreDefinition {
  readonly schema: Schema
  readonly layout: Layout
  readonly hash: Uint8Array
}

/**
 * @param recordSizeBytes that the generator computed when it wrote the class, whose offsets depend on it
 * @throws {MmapForgeError} `ERR_INVALID_SCHEMA` for a bad schema, or if the generator laid it out differently
 */
export function defineRecord(schema: Schema, recordSizeBytes?: number): StoreDefinition {
  const checked = makeSchema(schema)
  const layout = layoutOf(checked)
  if (recordSizeBytes !== undefined && recordSizeBytes !== layout.recordSizeBytes) {
    throw new MmapForgeError(
      'ERR_INVALID_SCHEMA',
      `${schema.name}Store was generated for records of ${recordSizeBytes} bytes, its schema makes ` +
        `${layout.recordSizeBytes}; run mmapforge generate again`,
    )
  }
  return Object.freeze({ schema: checked, layout, hash: schemaHash(checked) })
}

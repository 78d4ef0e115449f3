/** The schema hash of format v1: SHA-256 of the sorted `name:type:size` descriptors, joined by commas. */
import { createHash } from 'node:crypto'
import { fieldSizeBytes, fieldTypeOf } from './field-types.ts'
import type { Schema } from './schema.ts'

export const SCHEMA_HASH_BYTES = 32

/**
 * The hash does not depend on the order of the fields, though the layout does: two schemas that differ only in order
 * share a hash. The schema file tells them apart.
 */
export function schemaHash(schema: Schema): Uint8Array {
  const descriptors = schema.fields
    .map(({ name, type, maxBytes }) => ({
      name,
      text: `${name}:${fieldTypeOf(type).formatName}:${fieldSizeBytes(type, maxBytes)}`,
    }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)))
    .map(({ text }) => text)
  return new Uint8Array(createHash('sha256').update(descriptors.join(',')).digest())
}

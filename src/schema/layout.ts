/** Where each field of a record is: format v1 aligns fields naturally, in declaration order, after the counter. */
import { alignUp } from '../align.ts'
import { MmapForgeError } from '../errors.ts'
import { fieldAlignBytes, fieldSizeBytes } from './field-types.ts'
import type { Schema, SchemaField } from './schema.ts'

/** The u64 seqlock counter at the start of every record. */
export const COUNTER_OFFSET_BYTES = 0
export const COUNTER_SIZE_BYTES = 8
/** Records start and end on multiples of this, so that every counter and every u64 is naturally aligned. */
export const RECORD_ALIGN_BYTES = 8
/** Keeps every offset within a record, and the size of a new file, far below the limits of typed arrays. */
export const MAX_RECORD_SIZE_BYTES = 2 ** 30

export interface LayoutField extends SchemaField {
  /** From the start of the record, so at least the counter's size. */
  readonly offsetBytes: number
  readonly sizeBytes: number
}

export interface Layout {
  readonly recordSizeBytes: number
  readonly fields: readonly LayoutField[]
}

/** @throws {MmapForgeError} `ERR_INVALID_SCHEMA` if the record is larger than {@link MAX_RECORD_SIZE_BYTES}. */
export function layoutOf(schema: Schema): Layout {
  let end = COUNTER_OFFSET_BYTES + COUNTER_SIZE_BYTES
  const fields = schema.fields.map((field) => {
    const offsetBytes = alignUp(end, fieldAlignBytes(field.type))
    const sizeBytes = fieldSizeBytes(field.type, field.maxBytes)
    end = offsetBytes + sizeBytes
    return Object.freeze({ ...field, offsetBytes, sizeBytes })
  })
  const recordSizeBytes = alignUp(end, RECORD_ALIGN_BYTES)
  if (recordSizeBytes > MAX_RECORD_SIZE_BYTES) {
    throw new MmapForgeError(
      'ERR_INVALID_SCHEMA',
      `a record of ${schema.name} takes ${recordSizeBytes} bytes; the limit is ${MAX_RECORD_SIZE_BYTES}`,
    )
  }
  return Object.freeze({ recordSizeBytes, fields: Object.freeze(fields) })
}

/** The 32-bit words that a field occupies, at least in part, counted from the start of the record. */
export function wordsOf({ offsetBytes, sizeBytes }: LayoutField): { start: number; length: number } {
  const start = Math.floor(offsetBytes / 4)
  return { start, length: Math.ceil((offsetBytes + sizeBytes) / 4) - start }
}

/**
 * `<path>.schema.json`: what the header has no room for. The hash in the header ignores the order of the fields, though the
 * layout depends on it. The schema file lists every field with its offset, so that a reordered schema is detected, and an
 * error can say which fields differ.
 */
import { isObject, MmapForgeError } from '../errors.ts'
import { fieldTypeOf } from '../schema/field-types.ts'
import type { Layout } from '../schema/layout.ts'
import type { Schema } from '../schema/schema.ts'
import { FORMAT_VERSION } from './header.ts'

export const SCHEMA_FILE_SUFFIX = '.schema.json'
const SCHEMA_FILE_VERSION = 1

/** A schema file, of whichever version. The key tells it from the JSON files of that name that other tools keep. */
export const SCHEMA_FILE = {
  what: 'the schema file',
  isOurs: (head: Uint8Array): boolean => /^\s*\{.*"sidecarVersion"\s*:/s.test(new TextDecoder().decode(head)),
}

/** A field as the schema file has it. Its type is the format's name, which `uint53` and `uint64` share. */
export interface SchemaFileField {
  readonly name: string
  readonly type: string
  readonly offsetBytes: number
  readonly sizeBytes: number
  /** Of a field that holds one of some labels: the labels in the order of their numbers. */
  readonly labels?: readonly string[]
}

export interface SchemaFile {
  /** The version of this JSON, not of the format nor of the schema. */
  readonly sidecarVersion: number
  readonly formatVersion: number
  readonly schemaName: string
  readonly schemaVersion: number
  /** Lower-case hexadecimal, as in the header. */
  readonly schemaHash: string
  readonly recordSizeBytes: number
  readonly fields: readonly SchemaFileField[]
}

export function schemaFileOf(schema: Schema, layout: Layout, hash: Uint8Array): SchemaFile {
  return {
    sidecarVersion: SCHEMA_FILE_VERSION,
    formatVersion: FORMAT_VERSION,
    schemaName: schema.name,
    schemaVersion: schema.version,
    schemaHash: Buffer.from(hash).toString('hex'),
    recordSizeBytes: layout.recordSizeBytes,
    fields: layout.fields.map(({ name, type, offsetBytes, sizeBytes, labels }) => ({
      name,
      type: fieldTypeOf(type).formatName,
      offsetBytes,
      sizeBytes,
      ...(labels && { labels }),
    })),
  }
}

export function encodeSchemaFile(file: SchemaFile): string {
  return `${JSON.stringify(file, null, 2)}\n`
}

/** @throws {MmapForgeError} `ERR_CORRUPTED` if this is not a schema file, `ERR_UNSUPPORTED_VERSION` for another version */
export function decodeSchemaFile(text: string, path: string): SchemaFile {
  const advice = 'restore it, or delete it to open the file by its hash alone'
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new MmapForgeError('ERR_CORRUPTED', `the schema file is not JSON; ${advice}`, { path, cause })
  }
  if (!isObject(parsed) || typeof parsed['sidecarVersion'] !== 'number') {
    throw new MmapForgeError('ERR_CORRUPTED', `this is not a schema file; ${advice}`, { path })
  }
  if (parsed['sidecarVersion'] !== SCHEMA_FILE_VERSION) {
    throw new MmapForgeError(
      'ERR_UNSUPPORTED_VERSION',
      `the schema file has version ${parsed['sidecarVersion']}, this release reads ${SCHEMA_FILE_VERSION}; upgrade mmapforge`,
      { path },
    )
  }
  if (!isSchemaFile(parsed)) {
    throw new MmapForgeError('ERR_CORRUPTED', `the schema file lacks some of its entries; ${advice}`, {
      path,
    })
  }
  return parsed
}

function isSchemaFile(value: object): value is SchemaFile {
  const file = value as Partial<SchemaFile>
  return (
    typeof file.formatVersion === 'number' &&
    typeof file.schemaName === 'string' &&
    typeof file.schemaVersion === 'number' &&
    typeof file.schemaHash === 'string' &&
    typeof file.recordSizeBytes === 'number' &&
    Array.isArray(file.fields) &&
    file.fields.every(isSchemaFileField)
  )
}

function isSchemaFileField(value: unknown): value is SchemaFileField {
  return (
    isObject(value) &&
    typeof value['name'] === 'string' &&
    typeof value['type'] === 'string' &&
    typeof value['offsetBytes'] === 'number' &&
    typeof value['sizeBytes'] === 'number' &&
    (value['labels'] === undefined || isLabels(value['labels']))
  )
}

function isLabels(value: unknown): boolean {
  return Array.isArray(value) && value.every((label) => typeof label === 'string')
}

/**
 * `<path>.schema.json`: what the header has no room for. The hash in the header ignores the order of the fields, though
 * the layout depends on it; the sidecar names every field with its place, so that a reordered schema is told apart, and
 * a mismatch can say which fields differ.
 */
import { isObject, MmapForgeError } from '../errors.ts'
import { fieldTypeOf } from '../schema/field-types.ts'
import type { Layout } from '../schema/layout.ts'
import type { Schema } from '../schema/schema.ts'
import { FORMAT_VERSION } from './header.ts'

export const SIDECAR_SUFFIX = '.schema.json'
const SIDECAR_VERSION = 1

/** A field as the file has it: format names, so that `uint53` and `uint64` are the same. */
export interface SidecarField {
  readonly name: string
  readonly type: string
  readonly offsetBytes: number
  readonly sizeBytes: number
  /** Of a field that holds one of some labels, by their numbers. */
  readonly labels?: readonly string[]
}

export interface Sidecar {
  /** The version of this JSON, not of the format nor of the schema. */
  readonly sidecarVersion: number
  readonly formatVersion: number
  readonly schemaName: string
  readonly schemaVersion: number
  /** Lower-case hexadecimal, as in the header. */
  readonly schemaHash: string
  readonly recordSizeBytes: number
  readonly fields: readonly SidecarField[]
}

export function sidecarOf(schema: Schema, layout: Layout, hash: Uint8Array): Sidecar {
  return {
    sidecarVersion: SIDECAR_VERSION,
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

export function encodeSidecar(sidecar: Sidecar): string {
  return `${JSON.stringify(sidecar, null, 2)}\n`
}

/** @throws {MmapForgeError} `ERR_CORRUPTED` for anything but a sidecar, `ERR_UNSUPPORTED_VERSION` for a newer one. */
export function decodeSidecar(text: string, path: string): Sidecar {
  const advice = 'restore it, or delete it to open the file by its hash alone'
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new MmapForgeError('ERR_CORRUPTED', `the schema sidecar is not JSON; ${advice}`, { path, cause })
  }
  if (!isObject(parsed) || typeof parsed['sidecarVersion'] !== 'number') {
    throw new MmapForgeError('ERR_CORRUPTED', `this is not a schema sidecar; ${advice}`, { path })
  }
  if (parsed['sidecarVersion'] !== SIDECAR_VERSION) {
    throw new MmapForgeError(
      'ERR_UNSUPPORTED_VERSION',
      `the schema sidecar has version ${parsed['sidecarVersion']}, this release reads ${SIDECAR_VERSION}; upgrade mmapforge`,
      { path },
    )
  }
  if (!isSidecar(parsed)) {
    throw new MmapForgeError('ERR_CORRUPTED', `the schema sidecar lacks some of its entries; ${advice}`, {
      path,
    })
  }
  return parsed
}

function isSidecar(value: object): value is Sidecar {
  const sidecar = value as Partial<Sidecar>
  return (
    typeof sidecar.formatVersion === 'number' &&
    typeof sidecar.schemaName === 'string' &&
    typeof sidecar.schemaVersion === 'number' &&
    typeof sidecar.schemaHash === 'string' &&
    typeof sidecar.recordSizeBytes === 'number' &&
    Array.isArray(sidecar.fields) &&
    sidecar.fields.every(isSidecarField)
  )
}

function isSidecarField(value: unknown): value is SidecarField {
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

/** Checks that a file holds what its header says, and records of a given schema; if not, tells which fields differ. */
import { fstatSync } from 'node:fs'
import { MmapForgeError, show } from '../errors.ts'
import { decodeHeader, HEADER_SIZE_BYTES, type Header } from '../format/header.ts'
import {
  decodeSchemaFile,
  encodeSchemaFile,
  SCHEMA_FILE,
  SCHEMA_FILE_SUFFIX,
  type SchemaFile,
  type SchemaFileField,
  schemaFileOf,
} from '../format/schema-file.ts'
import { readStart } from '../os/files.ts'
import { readSidecar } from '../os/sidecars.ts'
import type { FileSize } from '../region/grow-file.ts'
import type { StoreDefinition } from '../schema/definition.ts'
import { assertCount } from './count-check.ts'
import { capacityOf } from './growth.ts'

/**
 * Checks a file before it is mapped.
 *
 * @returns its size, which another writer may have increased since
 * @throws {MmapForgeError} `ERR_BAD_MAGIC`, `ERR_UNSUPPORTED_VERSION`, `ERR_SCHEMA_MISMATCH`, `ERR_CORRUPTED`, `ERR_TOO_LARGE`
 */
export function checkFile(fd: number, path: string, definition: StoreDefinition): FileSize {
  const header = decodeHeader(readStart(fd, HEADER_SIZE_BYTES), path)
  checkSchema(path, header, definition)
  // The size after the count: a writer enlarges the file before it counts what it appended.
  const stat = fstatSync(fd)
  assertCount(header.recordCount, capacityOf(stat.size, header.recordSizeBytes), path)
  return stat
}

/**
 * Compares a file with a definition: by its header, and by its schema file if there is one.
 *
 * @throws {MmapForgeError} `ERR_SCHEMA_MISMATCH`, which names the fields if there is a schema file; `ERR_CORRUPTED` or
 * `ERR_UNSUPPORTED_VERSION` for the schema file itself
 */
function checkSchema(path: string, header: Header, definition: StoreDefinition): void {
  const { schema, layout } = definition
  const wanted = wantedBy(definition)
  const found = readSchemaFile(path, wanted)
  const fileHash = Buffer.from(header.schemaHash).toString('hex')
  if (found !== undefined && found.schemaHash !== fileHash) {
    throw mismatch(
      path,
      `${path}${SCHEMA_FILE_SUFFIX} belongs to another file (its schema hash is ${found.schemaHash}, the file's ${fileHash}); ` +
        'delete it, or restore the one that came with the file',
    )
  }
  if (fileHash !== wanted.schemaHash) {
    const detail =
      found === undefined ? `hash ${fileHash}, expected ${wanted.schemaHash}` : describe(found, wanted)
    throw mismatch(path, `the file was written for another schema than ${schema.name}: ${detail}`)
  }
  if (found !== undefined && !sameLayout(found, wanted)) {
    throw mismatch(
      path,
      `the file has the fields of ${schema.name} in another layout: ${describe(found, wanted)}; ` +
        'declare the fields in the order of the file',
    )
  }
  const relabelled = found === undefined || found === wanted ? [] : labelDifferences(found, wanted)
  if (relabelled.length > 0) {
    throw mismatch(
      path,
      `the numbers in the file stand for other labels: ${relabelled.join('; ')}; declare the labels of the file, in its order`,
    )
  }
  if (header.schemaVersion !== schema.version) {
    throw mismatch(
      path,
      `the file has schema version ${header.schemaVersion}, ${schema.name} has ${schema.version}; open it with the ` +
        'matching schema, or copy its records into a new store',
    )
  }
  if (header.recordSizeBytes !== layout.recordSizeBytes) {
    throw mismatch(
      path,
      `the file has records of ${header.recordSizeBytes} bytes, ${schema.name} has ${layout.recordSizeBytes}, though ` +
        'the fields agree: its header is damaged',
    )
  }
}

interface Wanted extends SchemaFile {
  /** The text of the whole file. */
  readonly text: string
}

/** The schema file that a definition expects, made once for each definition. */
const wantedFiles = new WeakMap<StoreDefinition, Wanted>()

function wantedBy(definition: StoreDefinition): Wanted {
  const known = wantedFiles.get(definition)
  if (known !== undefined) return known
  const file = schemaFileOf(definition.schema, definition.layout, definition.hash)
  const wanted = { ...file, text: encodeSchemaFile(file) }
  wantedFiles.set(definition, wanted)
  return wanted
}

/** @returns `wanted` itself if the file has exactly its text; undefined if there is no file */
function readSchemaFile(path: string, wanted: Wanted): SchemaFile | undefined {
  const schemaPath = path + SCHEMA_FILE_SUFFIX
  const text = readSidecar(schemaPath, SCHEMA_FILE)
  if (text === wanted.text) return wanted
  return text === undefined ? undefined : decodeSchemaFile(text, schemaPath)
}

function sameLayout(found: SchemaFile, wanted: SchemaFile): boolean {
  if (found === wanted) return true
  return found.recordSizeBytes === wanted.recordSizeBytes && describeFields(found) === describeFields(wanted)
}

/** How the labels differ. Labels that only one side has are no difference, since the bytes are the same. */
function labelDifferences(found: SchemaFile, wanted: SchemaFile): string[] {
  const inFile = new Map(found.fields.map((field) => [field.name, field.labels]))
  return wanted.fields.flatMap(({ name, labels }) => {
    const others = inFile.get(name)
    if (labels === undefined || others === undefined) return []
    if (JSON.stringify(labels) === JSON.stringify(others)) return []
    return [
      `"${name}" has the labels ${others.map(show).join(', ')} in the file, ${labels.map(show).join(', ')} in the schema`,
    ]
  })
}

function describeFields({ fields }: SchemaFile): string {
  return fields
    .map(({ name, type, offsetBytes, sizeBytes }) => [name, type, offsetBytes, sizeBytes].join())
    .join(';')
}

/** Lists the fields that differ, in the order of the schema, and then those that only the file has. */
function describe(found: SchemaFile, wanted: SchemaFile): string {
  const inFile = new Map(found.fields.map((field) => [field.name, field]))
  const inSchema = new Set(wanted.fields.map(({ name }) => name))
  const differences = wanted.fields.map((field) => compare(inFile.get(field.name), field))
  const surplus = found.fields
    .filter(({ name }) => !inSchema.has(name))
    .map(({ name, type }) => `"${name}" (${type}) is only in the file`)
  const all = [...differences.filter((text) => text !== undefined), ...surplus]
  return all.length === 0 ? 'the record sizes differ' : all.join(', ')
}

function compare(
  inFile: SchemaFileField | undefined,
  { name, type, offsetBytes, sizeBytes }: SchemaFileField,
): string | undefined {
  if (inFile === undefined) return `"${name}" (${type}) is not in the file`
  if (inFile.type !== type || inFile.sizeBytes !== sizeBytes) {
    return `"${name}" is ${inFile.type} of ${inFile.sizeBytes} bytes in the file, ${type} of ${sizeBytes} in the schema`
  }
  if (inFile.offsetBytes === offsetBytes) return undefined
  return `"${name}" stands at byte ${inFile.offsetBytes} of the file's records, at ${offsetBytes} of the schema's`
}

function mismatch(path: string, message: string): MmapForgeError {
  return new MmapForgeError('ERR_SCHEMA_MISMATCH', message, { path })
}

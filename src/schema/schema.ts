/** A record's schema: the intermediate form between annotations, `defineStore`, layout, hash and emitter. */
import { isObject, MmapForgeError, show } from '../errors.ts'
import {
  accessorNames,
  RESERVED_ACCESSORS,
  RESERVED_PROPERTIES,
  RESERVED_RECORD_NAMES,
} from './accessor-names.ts'
import type { FieldType } from './annotations.ts'
import {
  enumTypeOf,
  type FieldTypeName,
  isEnum,
  isFieldTypeName,
  isSized,
  MAX_LABELS,
} from './field-types.ts'

export interface SchemaField {
  /** The property of the record object, from which the accessors are named. */
  readonly property: string
  /** The name in the file: part of the hash. */
  readonly name: string
  readonly type: FieldTypeName
  /** Greatest length of the data in bytes; 0 for types that have none. */
  readonly maxBytes: number
  /** The labels of an `enums` field, in the order of their numbers in the file. */
  readonly labels?: readonly string[]
  /** The field's documentation, without comment marks; carried into generated code. */
  readonly doc?: string
}

export interface Schema {
  /** The record's name: `Tick` makes `TickStore`. */
  readonly name: string
  /** The user's version of the schema, in the file's header; 0 to 2^32 - 1. */
  readonly version: number
  readonly fields: readonly SchemaField[]
  readonly doc?: string
}

/** Greatest size of a `str` or `bytes` field's data. */
export const MAX_FIELD_BYTES = 2 ** 28
/** Greatest version of a schema: it is a u32 in the header. */
export const MAX_VERSION = 2 ** 32 - 1

/** A fault with its place in the schema, so that a parser can point at the source. */
export class SchemaFault extends MmapForgeError {
  /** The property of the field at fault; undefined if the fault is in the schema itself. */
  readonly property: string | undefined

  constructor(message: string, property?: string) {
    super('ERR_INVALID_SCHEMA', message, { field: property })
    this.property = property
  }
}

/**
 * Checks a schema and freezes it.
 *
 * @throws {SchemaFault} `ERR_INVALID_SCHEMA` for a bad name or version, no fields, a bad or duplicate property or file
 * name, an unknown type, a size that is missing or out of range, or accessors that collide.
 */
export function makeSchema(schema: Schema): Schema {
  for (const { fault } of schemaFaults(schema)) throw fault
  return Object.freeze({
    ...schema,
    fields: Object.freeze(schema.fields.map(frozen)),
  })
}

/** A fault, and the index of the field that it is in; undefined if it is in the schema itself. */
export interface LocatedFault {
  readonly fault: SchemaFault
  readonly index: number | undefined
}

/** The faults of a schema: one of its own, or one for each bad field. No field is blamed for another's fault. */
export function* schemaFaults(schema: Schema): Generator<LocatedFault> {
  const fault = faultIn(() => checkHeading(schema))
  if (fault !== undefined) return yield { fault, index: undefined }
  const names: Names = { inFile: new Map(), ofAccessors: new Map() }
  for (const [index, field] of schema.fields.entries()) {
    const fault = faultIn(() => checkField(field, names))
    if (fault !== undefined) yield { fault, index }
  }
}

function faultIn(check: () => void): SchemaFault | undefined {
  try {
    check()
  } catch (error) {
    if (error instanceof SchemaFault) return error
    throw error
  }
  return undefined
}

function checkHeading(schema: Schema): void {
  if (!isIdentifier(schema.name)) {
    throw new SchemaFault(`a record's name must be an identifier, not ${show(schema.name)}`)
  }
  if (RESERVED_RECORD_NAMES.has(schema.name)) {
    throw new SchemaFault(
      `a record can't be named ${schema.name}: ${schema.name}Store is the base of all stores`,
    )
  }
  if (!Number.isInteger(schema.version) || schema.version < 0 || schema.version > MAX_VERSION) {
    throw new SchemaFault(
      `the version must be an integer from 0 to ${MAX_VERSION}, not ${show(schema.version)}`,
    )
  }
  if (schema.fields.length === 0) {
    throw new SchemaFault(`${schema.name} has no fields; a record needs at least one`)
  }
}

/** The names that fields have taken, each with the property of the field that has it. */
interface Names {
  readonly inFile: Map<string, string>
  readonly ofAccessors: Map<string, string>
}

/** A bad field does not claim its names. */
function checkField(field: SchemaField, { inFile, ofAccessors }: Names): void {
  checkAlone(field)
  checkFree(inFile, field.name, field, 'the name in the file')
  const accessors = accessorNames(field.property, field.type)
  for (const accessor of accessors) {
    if (RESERVED_ACCESSORS.has(accessor)) {
      throw new SchemaFault(
        `its accessor ${accessor} is a method that every store has; rename the field`,
        field.property,
      )
    }
    checkFree(ofAccessors, accessor, field, 'the accessor')
  }
  inFile.set(field.name, field.property)
  for (const accessor of accessors) ofAccessors.set(accessor, field.property)
}

function frozen(field: SchemaField): SchemaField {
  const { labels } = field
  return Object.freeze({ ...field, ...(labels && { labels: Object.freeze([...labels]) }) })
}

function checkAlone({ property, name, type, maxBytes, labels }: SchemaField): void {
  if (RESERVED_PROPERTIES.has(property)) {
    throw new SchemaFault(
      `${property} has a meaning of its own in JavaScript or on a cursor; rename the field`,
      property,
    )
  }
  if (!isIdentifier(property)) {
    throw new SchemaFault(`a property must be an identifier, not ${show(property)}`, property)
  }
  // The hash joins `name:type:size` descriptors with commas: a name with a comma or colon could imitate another schema.
  if (typeof name !== 'string' || !/^[^\s,:\p{C}]+$/u.test(name)) {
    throw new SchemaFault(
      `the name in the file must be non-empty, without spaces, commas and colons, not ${show(name)}`,
      property,
    )
  }
  if (!isFieldTypeName(type)) throw new SchemaFault(`unknown type ${show(type)}`, property)
  if (isEnum(type) || labels !== undefined) checkLabels(property, type, labels)
  if (!isSized(type)) return
  if (!Number.isInteger(maxBytes) || maxBytes < 1 || maxBytes > MAX_FIELD_BYTES) {
    throw new SchemaFault(
      `${type} needs a size in bytes from 1 to ${MAX_FIELD_BYTES}, not ${show(maxBytes)}`,
      property,
    )
  }
}

function checkLabels(property: string, type: FieldTypeName, labels: readonly unknown[] | undefined): void {
  const isList = Array.isArray(labels) && labels.length >= 1 && labels.length <= MAX_LABELS
  if (!isList || !labels.every((label) => typeof label === 'string' && label.isWellFormed())) {
    throw new SchemaFault(
      `a field of labels needs 1 to ${MAX_LABELS} strings, such as enums('buy', 'sell'), or 'buy' | 'sell' in an interface`,
      property,
    )
  }
  const seen = new Set<unknown>()
  for (const label of labels) {
    if (seen.has(label)) throw new SchemaFault(`the label ${show(label)} stands twice; leave one`, property)
    seen.add(label)
  }
  if (type !== enumTypeOf(labels.length)) {
    throw new SchemaFault(`${labels.length} labels make ${enumTypeOf(labels.length)}, not ${type}`, property)
  }
}

function checkFree(
  owners: ReadonlyMap<string, string>,
  name: string,
  { property }: SchemaField,
  what: string,
): void {
  const owner = owners.get(name)
  if (owner === property) throw new SchemaFault('the field stands twice in the record', property)
  if (owner !== undefined) throw new SchemaFault(`${what} "${name}" is taken by field "${owner}"`, property)
}

function isIdentifier(name: unknown): boolean {
  return typeof name === 'string' && /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name)
}

/** Makes a schema from the arguments of `defineStore`. */
export function schemaFromFields(
  name: string,
  version: number,
  fields: Readonly<Record<string, FieldType>>,
): Schema {
  return makeSchema({
    name,
    version,
    fields: Object.entries(fields).map(([property, field]) => {
      if (!isObject(field)) {
        throw new SchemaFault(`a field needs a type such as float64 or str(16), not ${show(field)}`, property)
      }
      const { type, maxBytes, fileName, labels } = field
      return { property, name: fileName ?? property, type, maxBytes, ...(labels && { labels }) }
    }),
  })
}

/** The type of an annotated field: one of mmapforge's names, with a size where the type takes one. */
import {
  enumTypeOf,
  FIELD_TYPES,
  type FieldTypeName,
  fieldTypeOf,
  isEnum,
  isSized,
  TS_TYPES,
} from '../../schema/field-types.ts'
import { MAX_FIELD_BYTES } from '../../schema/schema.ts'
import type { AnnotationNames } from './names.ts'
import type { AnnotationReport } from './report.ts'
import { endOf, startOf, type TypeNode, type TypeReferenceNode } from './syntax.ts'

export interface AnnotatedType {
  readonly type: FieldTypeName
  readonly maxBytes: number
  readonly labels?: readonly string[]
}

/** What reading types needs: the file's text to quote, its names, and the report of faults. */
export interface TypeContext {
  readonly source: string
  readonly names: AnnotationNames
  readonly report: AnnotationReport
}

/** Advice on TypeScript's own types, where naming the field types that replace them is not enough. */
const SUGGESTIONS: Readonly<Record<string, string>> = {
  number: 'write float64, an integer type from int8 to uint32, or int53 for any safe integer',
  string:
    "write str<N>, N being the greatest length in bytes of UTF-8, or a union of labels such as 'buy' | 'sell'",
  Uint8Array: 'write bytes<N>, N being the greatest length in bytes',
  Buffer: 'write bytes<N>, N being the greatest length in bytes',
  ArrayBuffer: 'write bytes<N>, N being the greatest length in bytes',
}

/** The field types that are written by name; labels are written as a union. */
const TYPE_NAMES = (Object.keys(FIELD_TYPES) as FieldTypeName[]).filter((name) => !isEnum(name))

const MAX_QUOTE_LENGTH = 60

/** Reads a field's type. If it is not one of mmapforge's, reports the fault and returns undefined. */
export function readType(node: TypeNode, context: TypeContext): AnnotatedType | undefined {
  const labels = labelsOf(node)
  if (labels !== undefined) return { type: enumTypeOf(labels.length), maxBytes: 0, labels }
  const type = node.type === 'TSTypeReference' ? context.names.fieldType(node.typeName) : undefined
  if (type === undefined || isEnum(type) || node.type !== 'TSTypeReference') {
    context.report.add(startOf(node), unknownType(node, context))
    return undefined
  }
  return isSized(type) ? sizedType(type, node, context) : scalarType(type, node, context)
}

/** The labels of a union of string literals, or of a single one; undefined for any other type. */
function labelsOf(node: TypeNode): string[] | undefined {
  const labels = (node.type === 'TSUnionType' ? node.types : [node]).map((each) =>
    each.type === 'TSLiteralType' && each.literal.type === 'StringLiteral' ? each.literal.value : undefined,
  )
  return labels.every((label) => label !== undefined) ? labels : undefined
}

function scalarType(
  type: FieldTypeName,
  { typeParameters }: TypeReferenceNode,
  { report }: TypeContext,
): AnnotatedType | undefined {
  if (!typeParameters) return { type, maxBytes: 0 }
  report.add(startOf(typeParameters), `${type} takes no size; write ${type} alone`)
  return undefined
}

function sizedType(
  type: FieldTypeName,
  node: TypeReferenceNode,
  context: TypeContext,
): AnnotatedType | undefined {
  const [size, second] = node.typeParameters?.params ?? []
  const wanted = `an integer literal from 1 to ${MAX_FIELD_BYTES}, such as ${type}<64>`
  if (size === undefined) {
    context.report.add(startOf(node), `${type} needs a size in bytes: ${wanted}`)
    return undefined
  }
  if (second !== undefined) {
    context.report.add(startOf(second), `${type} takes one size in bytes: ${wanted}`)
    return undefined
  }
  const maxBytes = numericLiteral(size)
  if (Number.isInteger(maxBytes) && maxBytes >= 1 && maxBytes <= MAX_FIELD_BYTES) return { type, maxBytes }
  context.report.add(
    startOf(size),
    `the size of ${type} must be ${wanted}, not ${quote(size, context.source)}`,
  )
  return undefined
}

/** The value of a numeric literal; NaN for anything else, which is no valid size. */
function numericLiteral(node: TypeNode): number {
  return node.type === 'TSLiteralType' && node.literal.type === 'NumericLiteral'
    ? node.literal.value
    : Number.NaN
}

function unknownType(node: TypeNode, { source, names: known }: TypeContext): string {
  const text = quote(node, source)
  const fault = Object.hasOwn(FIELD_TYPES, text) ? known.foreignFault(text) : undefined
  if (fault !== undefined) return `the type ${text} ${fault}`
  const suggestion = Object.hasOwn(SUGGESTIONS, text) ? SUGGESTIONS[text] : undefined
  const giving = TYPE_NAMES.filter((name) => TS_TYPES[fieldTypeOf(name).codec] === text)
  const names = giving.length > 0 ? giving.join(' or ') : `one of ${typeList()}`
  return `unknown type ${text}; ${suggestion ?? `write ${names}`}`
}

function typeList(): string {
  return TYPE_NAMES.map((name) => (isSized(name) ? `${name}<N>` : name)).join(', ')
}

/** The source text of a node, on one line, shortened. */
export function quote(node: { start?: number | null; end?: number | null }, source: string): string {
  const text = source.slice(startOf(node), endOf(node)).replace(/\s+/g, ' ')
  return text.length > MAX_QUOTE_LENGTH ? `${text.slice(0, MAX_QUOTE_LENGTH)}…` : text
}

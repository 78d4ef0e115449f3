/** The statements that one field contributes to reads and writes; derived from its row of the field table. */
import { HEADER_SIZE_BYTES } from '../format/header.ts'
import { fieldTypeOf, LENGTH_PREFIX_BYTES, VIEW_BYTES, type ViewName } from '../schema/field-types.ts'
import type { LayoutField } from '../schema/layout.ts'
import { guard } from './source-text.ts'

/** What tells TypeScript from JavaScript: type syntax is kept or dropped. */
export type Typed = (syntax: string) => string

/** The record that the statements belong to. */
export interface RecordContext {
  readonly recordSizeBytes: number
  /** Starts the names of the module's constants: `Tick` makes `TickSymbolText`. */
  readonly prefix: string
  readonly typed: Typed
}

export interface FieldStatements {
  /** Views that loading and storing use, by name. */
  readonly views: readonly ViewName[]
  /** Names that the statements need from the runtime. */
  readonly imports: readonly string[]
  /** Within a read: loads into locals, judging nothing, since the bytes may be torn. */
  readonly load: readonly string[]
  /** After a consistent read: refuses what is no value of the field. */
  readonly judge: readonly string[]
  /** After `judge`: the value. */
  readonly value: string
  /** Before a write: what turns the value into something that can be stored without fail; may be empty. */
  readonly prepare: readonly string[]
  /** Before a write, after `prepare`: the value does not fit where any of these is true. */
  readonly refuses: readonly string[]
  /** Within a write: stores the value, which can't throw. */
  readonly store: readonly string[]
}

/** The local variable of a field's value; the suffix keeps it apart from every other name. */
export const valueName = ({ property }: LayoutField): string => `${property}Value`

/** The module's constant that encodes and decodes a string field. */
export function textConstant(prefix: string, { property }: LayoutField): string {
  return `${prefix}${property.charAt(0).toUpperCase()}${property.slice(1)}Text`
}

/** Index of the element of `view` at `offsetBytes` of record `index`, folded to two constants. */
export function elementIndex(
  { recordSizeBytes }: RecordContext,
  view: ViewName,
  offsetBytes: number,
): string {
  const bytes = VIEW_BYTES[view]
  return `index * ${recordSizeBytes / bytes} + ${(HEADER_SIZE_BYTES + offsetBytes) / bytes}`
}

export function fieldStatements(field: LayoutField, context: RecordContext): FieldStatements {
  const { codec, view } = fieldTypeOf(field.type)
  switch (codec) {
    case 'bool':
      return boolStatements(field, context)
    case 'safeint':
      return safeintStatements(field, context)
    case 'text':
      return textStatements(field, context)
    case 'blob':
      return blobStatements(field, context)
    default:
      return plainStatements(field, context, view)
  }
}

/** Types whose view holds exactly their values. */
function plainStatements(field: LayoutField, context: RecordContext, view: ViewName): FieldStatements {
  const value = valueName(field)
  const at = elementIndex(context, view, field.offsetBytes)
  const type = view === 'i64' || view === 'u64' ? 'bigint' : 'number'
  return {
    views: [view],
    imports: view === 'f32' ? ['overflowsFloat32'] : [],
    load: [`const ${value} = ${view}[${at}]${context.typed(` as ${type}`)}`],
    judge: [],
    value,
    prepare: [],
    refuses: refusesPlain(field, value),
    store: [`${view}[${at}] = ${value}`],
  }
}

function refusesPlain({ type }: LayoutField, value: string): string[] {
  const { codec, view, min, max } = fieldTypeOf(type)
  if (codec === 'bigint') {
    const truncate = view === 'i64' ? 'asIntN' : 'asUintN'
    return [`typeof ${value} !== 'bigint'`, `BigInt.${truncate}(64, ${value}) !== ${value}`]
  }
  if (codec === 'int') return [`!(Number.isInteger(${value}) && ${value} >= ${min} && ${value} <= ${max})`]
  const isNoNumber = `typeof ${value} !== 'number'`
  if (view === 'f64') return [isNoNumber]
  return [isNoNumber, `overflowsFloat32(${value})`]
}

function boolStatements(field: LayoutField, context: RecordContext): FieldStatements {
  const byte = `${field.property}Byte`
  const at = elementIndex(context, 'u8', field.offsetBytes)
  return {
    views: ['u8'],
    imports: [],
    load: [`const ${byte} = u8[${at}]${context.typed(' as number')}`],
    judge: [`if (${byte} > 1) this.refuseStored(index, '${field.property}', ${byte})`],
    value: `${byte} === 1`,
    prepare: [],
    refuses: [`typeof ${valueName(field)} !== 'boolean'`],
    store: [`u8[${at}] = ${valueName(field)} ? 1 : 0`],
  }
}

/** Two 32-bit halves: a BigInt64Array would make a bigint of every value. */
function safeintStatements(field: LayoutField, context: RecordContext): FieldStatements {
  const value = valueName(field)
  const low = `${field.property}Low`
  const high = `${field.property}High`
  const isSigned = fieldTypeOf(field.type).view === 'i64'
  const highView = isSigned ? 'i32' : 'u32'
  const lowAt = elementIndex(context, 'u32', field.offsetBytes)
  const highAt = elementIndex(context, highView, field.offsetBytes + VIEW_BYTES.u32)
  const number = context.typed(' as number')
  const stored = `(BigInt(${high}) << 32n) | BigInt(${low})`
  const isSafe = `Number.isSafeInteger(${value})`
  return {
    views: ['u32', highView],
    imports: [],
    load: [`const ${low} = u32[${lowAt}]${number}`, `const ${high} = ${highView}[${highAt}]${number}`],
    judge: [
      `const ${value} = ${high} * 4294967296 + ${low}`,
      ...guard([`!${isSafe}`], '', `this.refuseStored(index, '${field.property}', ${stored})`),
    ],
    value,
    prepare: [],
    refuses: [isSigned ? `!${isSafe}` : `!(${isSafe} && ${value} >= 0)`],
    store: [`u32[${lowAt}] = ${value} >>> 0`, `${highView}[${highAt}] = Math.floor(${value} / 4294967296)`],
  }
}

function textStatements(field: LayoutField, context: RecordContext): FieldStatements {
  const value = valueName(field)
  const length = `${field.property}Length`
  const codec = textConstant(context.prefix, field)
  const prefix = elementIndex(context, 'u32', field.offsetBytes)
  return {
    views: ['u8', 'i32'],
    imports: ['TextField'],
    load: [
      `const ${length} = ${context.typed('(')}i32[${prefix}]${context.typed(' as number)')} >>> 0`,
      `const ${value} = ${codec}.load(u8, i32, ${prefix}, ${length})`,
    ],
    judge: [`if (${value} === undefined) return this.refuseStored(index, '${field.property}', ${length})`],
    value,
    prepare: [`const ${length} = ${codec}.measure(${value})`],
    refuses: [`${length} < 0`],
    store: [`${codec}.store(u8, i32, ${prefix}, ${length})`],
  }
}

/** The steps of comparing a string field with a given text. */
export function comparison(
  field: LayoutField,
  context: RecordContext,
): Pick<FieldStatements, 'prepare' | 'load' | 'judge'> {
  const length = `${field.property}Length`
  const codec = textConstant(context.prefix, field)
  const prefix = elementIndex(context, 'u32', field.offsetBytes)
  return {
    // A text that the field can't hold has a negative length, which no stored one equals.
    prepare: [`const length = ${codec}.measure(text)`],
    load: [
      `const ${length} = ${context.typed('(')}i32[${prefix}]${context.typed(' as number)')} >>> 0`,
      `const ${field.property}Equal = ${length} === length && ${codec}.matches(u8, i32, ${prefix}, length)`,
    ],
    judge: [],
  }
}

function blobStatements(field: LayoutField, context: RecordContext): FieldStatements {
  const value = valueName(field)
  const length = `${field.property}Length`
  const word = elementIndex(context, 'u32', field.offsetBytes)
  const data = elementIndex(context, 'u8', field.offsetBytes + LENGTH_PREFIX_BYTES)
  const number = context.typed(' as number')
  return {
    views: ['u8', 'u32'],
    imports: ['loadBlob', 'measureBlob', 'storeBlob', 'clearRest'],
    load: [
      `const ${length} = u32[${word}]${number}`,
      `const ${value} = loadBlob(u8, ${data}, ${length}, ${field.maxBytes})`,
    ],
    judge: [`if (${value} === undefined) return this.refuseStored(index, '${field.property}', ${length})`],
    value,
    prepare: [`const ${length} = measureBlob(${value})`],
    refuses: [`${length} < 0`, `${length} > ${field.maxBytes}`],
    store: [
      `storeBlob(u8, ${data}, ${value}, ${length})`,
      `clearRest(u8, ${data}, ${length}, u32[${word}]${number}, ${field.maxBytes})`,
      `u32[${word}] = ${length}`,
    ],
  }
}

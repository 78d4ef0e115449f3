/** The statements that one field contributes to reads and writes; derived from its row of the field table. */
import { HEADER_SIZE_BYTES } from '../../format/header.ts'
import { fieldTypeOf, LENGTH_PREFIX_BYTES, VIEW_BYTES, type ViewName } from '../../schema/field-types.ts'
import { type LayoutField, wordsOf } from '../../schema/layout.ts'
import { checkName } from './check.ts'
import { guard, READ_COLUMNS, STATEMENT_COLUMNS } from './source-text.ts'

/** What tells TypeScript from JavaScript: type syntax is kept or dropped. */
export type Typed = (syntax: string) => string

/** The record that the statements belong to. */
export interface RecordContext {
  readonly recordSizeBytes: number
  /** Starts the names of the module's constants: `Tick` makes `TickSymbolText`. */
  readonly prefix: string
  readonly typed: Typed
  /** The statements load what a field holds beside a new value of it, before a write rather than in a read. */
  readonly isStored?: boolean
}

export interface FieldStatements {
  /** Views that loading and storing use, by name. */
  readonly views: readonly ViewName[]
  /** Names that the statements need from the runtime. */
  readonly imports: readonly string[]
  /** Within a read: loads into locals, judging nothing, since the bytes may be torn. */
  readonly load: readonly string[]
  /** After a consistent read: makes the value of what was loaded, where it is not that itself. */
  readonly derive: readonly string[]
  /** Conditions on what was loaded and derived, of which one is true where it is no value of the field. */
  readonly unfit: readonly string[]
  /** After a consistent read: derives the value, and refuses what is none. */
  readonly judge: readonly string[]
  /** After `judge`: the value. */
  readonly value: string
  /** Before a write: what turns the value into something that can be stored without fail; may be empty. */
  readonly prepare: readonly string[]
  /** Before a write, after `prepare`: true where the value does not fit. */
  readonly refuses: string
  /** Before a write of this field alone that may be cut short between two stores: keeps an image of the record. */
  readonly keepUndo: readonly string[]
  /** Within a write: stores the value, which can't throw. */
  readonly store: readonly string[]
}

/** The local variable of a field's value; the suffix keeps it apart from every other name. */
export const valueName = ({ property }: LayoutField): string => `${property}Value`

/** Starts the names of the locals that the statements declare. */
function localName({ property }: LayoutField, { isStored }: RecordContext): string {
  if (isStored !== true) return property
  return property === 'stored' ? 'held' : 'stored'
}

/** The module's constant that encodes and decodes a string field. */
export function textConstant(prefix: string, { property }: LayoutField): string {
  return `${prefix}${property.charAt(0).toUpperCase()}${property.slice(1)}Text`
}

/** Index of the element of `view` at `offsetBytes` of the record: from the local that says where the record starts. */
export function elementIndex(view: ViewName, offsetBytes: number): string {
  const bytes = VIEW_BYTES[view]
  return `at${bytes} + ${(HEADER_SIZE_BYTES + offsetBytes) / bytes}`
}

/** Declares those locals that `lines` use: `at8` is where record `index` starts, in elements of 8 bytes. */
export function baseDeclarations(recordSizeBytes: number, lines: readonly string[]): string[] {
  const text = lines.join('\n')
  return [1, 2, 4, 8]
    .filter((bytes) => new RegExp(`\\bat${bytes} \\+`).test(text))
    .map((bytes) => `const at${bytes} = index * ${recordSizeBytes / bytes}`)
}

export function fieldStatements(field: LayoutField, context: RecordContext): FieldStatements {
  const { stored, ...statements } = statementsOf(field, context)
  const { derive, unfit, value } = statements
  const refusal = `this.refuseStored(index, '${field.property}', ${stored})`
  // The compiler is to see that what is undefined goes no further.
  const action = unfit.includes(`${value} === undefined`) ? `return ${refusal}` : refusal
  const columns = context.isStored === true ? STATEMENT_COLUMNS : READ_COLUMNS
  const judge = unfit.length === 0 ? [] : [...derive, ...guard(unfit, '||', action, columns)]
  return { ...statements, judge }
}

type Statements = Omit<FieldStatements, 'judge'> & {
  /** What is shown of a value that is none. */
  readonly stored: string
}

function statementsOf(field: LayoutField, context: RecordContext): Statements {
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
function plainStatements(field: LayoutField, context: RecordContext, view: ViewName): Statements {
  const value = `${localName(field, context)}Value`
  const at = elementIndex(view, field.offsetBytes)
  const type = view === 'i64' || view === 'u64' ? 'bigint' : 'number'
  return {
    views: [view],
    imports: view === 'f32' ? ['overflowsFloat32'] : [],
    load: [`const ${value} = ${view}[${at}]${context.typed(` as ${type}`)}`],
    derive: [],
    unfit: [],
    stored: value,
    value,
    prepare: [],
    refuses: `!${checkName(field.type)}(${value})`,
    keepUndo: [],
    store: [`${view}[${at}] = ${value}`],
  }
}

function boolStatements(field: LayoutField, context: RecordContext): Statements {
  const byte = `${localName(field, context)}Byte`
  const at = elementIndex('u8', field.offsetBytes)
  return {
    views: ['u8'],
    imports: [],
    load: [`const ${byte} = u8[${at}]${context.typed(' as number')}`],
    derive: [],
    unfit: [`${byte} > 1`],
    stored: byte,
    value: `${byte} === 1`,
    prepare: [],
    refuses: `!${checkName(field.type)}(${valueName(field)})`,
    keepUndo: [],
    store: [`u8[${at}] = ${valueName(field)} ? 1 : 0`],
  }
}

/** The high half of the greatest safe integer. */
const MAX_SAFE_HIGH = Math.floor(Number.MAX_SAFE_INTEGER / 2 ** 32)

/** Two 32-bit halves: a BigInt64Array would make a bigint of every value. */
function safeintStatements(field: LayoutField, context: RecordContext): Statements {
  const name = localName(field, context)
  const value = `${name}Value`
  const low = `${name}Low`
  const high = `${name}High`
  const isSigned = fieldTypeOf(field.type).view === 'i64'
  const highView = isSigned ? 'i32' : 'u32'
  const lowAt = elementIndex('u32', field.offsetBytes)
  const highAt = elementIndex(highView, field.offsetBytes + VIEW_BYTES.u32)
  const number = context.typed(' as number')
  // What is not safe shows in the high half, which is cheaper to judge, but for -2^53.
  const tooHigh = `${high} > ${MAX_SAFE_HIGH}`
  const keep = `this.keepUndo(index, ${wordsOf(field).start})`
  return {
    views: ['u32', highView],
    imports: [],
    load: [`const ${low} = u32[${lowAt}]${number}`, `const ${high} = ${highView}[${highAt}]${number}`],
    derive: [`const ${value} = ${high} * 4294967296 + ${low}`],
    unfit: isSigned ? [tooHigh, `${value} < ${Number.MIN_SAFE_INTEGER}`] : [tooHigh],
    stored: `(BigInt(${high}) << 32n) | BigInt(${low})`,
    value,
    prepare: [],
    refuses: `!${checkName(field.type)}(${value})`,
    // Where the high half stays as it is, the low half is all that changes, and one store does that.
    keepUndo: guard([`${highView}[${highAt}] !== Math.floor(${value} / 4294967296)`], '', keep),
    // A store to a Uint32Array takes the value modulo 2^32, of negative ones the two's complement.
    store: [`u32[${lowAt}] = ${value}`, `${highView}[${highAt}] = Math.floor(${value} / 4294967296)`],
  }
}

function textStatements(field: LayoutField, context: RecordContext): Statements {
  const value = `${localName(field, context)}Value`
  const length = `${localName(field, context)}Length`
  const codec = textConstant(context.prefix, field)
  const prefix = elementIndex('u32', field.offsetBytes)
  return {
    views: ['u8', 'i32'],
    imports: ['TextField'],
    load: [
      `const ${length} = ${context.typed('(')}i32[${prefix}]${context.typed(' as number)')} >>> 0`,
      `let ${value} = ${codec}.find(u8, i32, ${prefix}, ${length})`,
    ],
    // Outside the read: a call within it, though rare, would have the compilers keep every local in memory.
    derive: [`if (${value} === undefined) ${value} = ${codec}.decode(${length})`],
    unfit: [`${value} === undefined`],
    stored: length,
    value,
    prepare: [`const ${length} = ${codec}.measure(${value})`],
    refuses: `${length} < 0`,
    keepUndo: [],
    store: [`${codec}.store(u8, i32, ${prefix}, ${length})`],
  }
}

/** The steps of comparing a string field with a given `text`; they leave the answer in `isEqual`. */
export function comparison(
  field: LayoutField,
  context: RecordContext,
): Pick<FieldStatements, 'prepare' | 'load' | 'judge'> {
  const codec = textConstant(context.prefix, field)
  const prefix = elementIndex('u32', field.offsetBytes)
  return {
    // A text that the field can't hold has a negative length, which no stored one equals.
    prepare: [`const length = ${codec}.expect(text)`],
    load: [
      `const stored = ${context.typed('(')}i32[${prefix}]${context.typed(' as number)')} >>> 0`,
      `const isEqual = stored === length && ${codec}.matches(u8, i32, ${prefix}, length)`,
    ],
    judge: [],
  }
}

function blobStatements(field: LayoutField, context: RecordContext): Statements {
  const value = valueName(field)
  const length = `${field.property}Length`
  const word = elementIndex('u32', field.offsetBytes)
  const data = elementIndex('u8', field.offsetBytes + LENGTH_PREFIX_BYTES)
  const number = context.typed(' as number')
  return {
    views: ['u8', 'u32'],
    imports: ['loadBlob', 'measureBlob', 'storeBlob', 'clearRest'],
    load: [
      `const ${length} = u32[${word}]${number}`,
      `const ${value} = loadBlob(u8, ${data}, ${length}, ${field.maxBytes})`,
    ],
    derive: [],
    unfit: [`${value} === undefined`],
    stored: length,
    value,
    prepare: [`const ${length} = measureBlob(${value}, ${field.maxBytes})`],
    refuses: `${length} < 0`,
    keepUndo: [],
    store: [
      `storeBlob(u8, ${data}, ${value}, ${length})`,
      `clearRest(u8, ${data}, ${length}, u32[${word}]${number}, ${field.maxBytes})`,
      `u32[${word}] = ${length}`,
    ],
  }
}

/** What code generation knows of a kind of field: its source text, and the same as closures. */
import { HEADER_SIZE_BYTES } from '../../format/header.ts'
import { type FieldTypeName, VIEW_BYTES, type ViewName } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import type { Views } from '../../store/hot-records.ts'

export interface Kind {
  /** What a field contributes to the text of reads and writes. */
  statements(field: LayoutField, context: RecordContext): FieldStatements
  /** The check of a type as a condition on `value`; kinds that are prepared before they are checked have none. */
  check?(type: FieldTypeName): string
  /** When a delta is refused, as a condition on `delta`. */
  readonly refusesDelta?: string
  /** The same as `statements`, without generated code. */
  codec(field: LayoutField): FieldCodec
}

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

/** A constant that accessors of a field need beside them. */
export interface Constant {
  readonly name: string
  readonly value: string
}

export interface FieldStatements {
  /** Views that loading and storing use, by name. */
  readonly views: readonly ViewName[]
  /** Names that the statements need from the runtime. */
  readonly imports: readonly string[]
  readonly constants: readonly Constant[]
  /** Within a read: loads into locals, judging nothing, since the bytes may be torn. */
  readonly load: readonly string[]
  /** After a consistent read: makes the value of what was loaded, where it is not that itself. */
  readonly derive: readonly string[]
  /** Conditions on what was loaded and derived, of which one is true where it is no value of the field. */
  readonly unfit: readonly string[]
  /** What is shown of a value that is none. */
  readonly stored: string
  /** After `derive`: the value. */
  readonly value: string
  /** Before a write: what turns the value into something that can be stored without fail; may be empty. */
  readonly prepare: readonly string[]
  /** Before a write, after `prepare`: true where the value does not fit. */
  readonly refuses: string
  /** The same steps for a value that was prepared before, where loading may have undone that; may be empty. */
  readonly prepareAgain: readonly string[]
  /** Before a write of this field alone that may be cut short between two stores: keeps an image of the record. */
  readonly keepUndo: readonly string[]
  /** Within a write: stores the value, which can't throw. */
  readonly store: readonly string[]
}

/** What most kinds have none of. */
export const NO_STATEMENTS = {
  imports: [],
  constants: [],
  derive: [],
  unfit: [],
  prepare: [],
  prepareAgain: [],
  keepUndo: [],
} as const satisfies Partial<FieldStatements>

/** The local variable of a field's value; the suffix keeps it apart from every other name. */
export const valueName = ({ property }: LayoutField): string => `${property}Value`

/** Starts the names of the locals that the statements declare. */
export function localName({ property }: LayoutField, { isStored }: RecordContext): string {
  if (isStored !== true) return property
  return property === 'stored' ? 'held' : 'stored'
}

/** The name of a constant of a field: `TickSymbolText`. */
export function constantName({ prefix }: RecordContext, { property }: LayoutField, suffix: string): string {
  return `${prefix}${property.charAt(0).toUpperCase()}${property.slice(1)}${suffix}`
}

/** `uint8` makes `isUint8`: the function that checks values of a type. */
export function checkName(type: FieldTypeName): string {
  return `is${type.charAt(0).toUpperCase()}${type.slice(1)}`
}

/** Index of the element of `view` at `offsetBytes` of the record: from the local that says where the record starts. */
export function elementIndex(view: ViewName, offsetBytes: number): string {
  const bytes = VIEW_BYTES[view]
  return `at${bytes} + ${(HEADER_SIZE_BYTES + offsetBytes) / bytes}`
}

/** Stands for a value that does not fit its field, in the file or from a caller. */
export const REFUSED: unique symbol = Symbol('refused')

/** The steps of a read: `load`, then `judge` once it proved consistent. */
export interface FieldReader {
  /** Within a read, at a byte offset: judges nothing, since the bytes may be torn. */
  load(views: Views, at: number): unknown
  /** The value, or {@link REFUSED}. */
  judge(loaded: unknown): unknown
  /** What a message shows of a refused load. */
  stored(loaded: unknown): unknown
}

/** The steps of a read, and those of a write: `prepare`, then `store`. */
export interface FieldCodec extends FieldReader {
  /** What `store` takes, or {@link REFUSED}. */
  prepare(value: unknown): unknown
  /** Within a write: can't throw. */
  store(views: Views, at: number, prepared: unknown): void
}

export const identity = (value: unknown): unknown => value

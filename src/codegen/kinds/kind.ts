/** What code generation knows about a kind of field: its source text, and the same as closures. */

import type { ViewName } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import type { Views } from '../../store/hot-records.ts'
import type { Code } from '../code.ts'

export interface Kind {
  /** The statements that a field contributes to reads and writes. */
  statements(field: LayoutField, context: FieldContext): FieldStatements
  /** The condition on `delta` under which it is refused. */
  readonly refusesDelta?: string
  /** The same without generated code. */
  codec(field: LayoutField): FieldCodec
}

/** The place that the statements of a field are generated for. */
export interface FieldContext {
  readonly code: Code
  /** The name of a local variable: `symbolValue` among several fields, `value` for a single one. */
  local(suffix: string): string
  /** The name of a constant beside the class: `TickSymbolText`. */
  constant(suffix: string): string
  /** The expression for a view: `f64`, or `this.f64`. */
  viewOf(view: ViewName): string
  /** Index of the element of a view at `offsetBytes` of the record: `index * 7 + 12`. */
  indexOf(view: ViewName, offsetBytes: number): string
  /** That element: `f64[index * 7 + 12]`. */
  elementOf(view: ViewName, offsetBytes: number): string
}

/** A declaration outside the class. */
export interface Declaration {
  readonly name: string
  readonly text: string
}

/** Text is of any number of lines, and may be empty. */
export interface FieldStatements {
  /** Views that loading and storing use, by name. */
  readonly views: readonly ViewName[]
  /** Names that the statements import from the runtime. */
  readonly imports: readonly string[]
  /** Constants of this field only. */
  readonly constants: readonly Declaration[]
  /** Functions shared by all fields of a module. */
  readonly functions: readonly Declaration[]
  /** Within a read: loads into locals without validating, since the bytes may be torn. */
  readonly load: string
  /** After a consistent read: derives the value from what was loaded, if the two differ. */
  readonly derive: string
  /** Conditions on what was loaded and derived; if any holds, the stored bytes are no value of the field. */
  readonly unfit: readonly string[]
  /** The expression that an error message shows for invalid stored bytes. */
  readonly stored: string
  /** The expression for the value, after `derive`. */
  readonly value: string
  /** Before a write: the local that is stored, and the expression that makes it from the value, if the two differ. */
  readonly prepared: { readonly name: string; readonly type: string; readonly from: string | undefined }
  /** Before a write, after `prepared`: the condition under which the value does not fit. */
  readonly refuses: string
  /** How the stored value is compared with `expected`, where `===` is not enough. */
  readonly comparison?: {
    /** Makes the local that is compared from `expected`. */
    readonly prepare: string
    /** The condition under which `expected` is refused. */
    readonly refuses: string
    readonly isOther: string
  }
  /** Before a write of only this field, of two stores: a condition, true if both of them change something. */
  readonly isHalfMade: string
  /** Within a write: stores what was prepared; must not throw. */
  readonly store: string
}

/** Defaults: most kinds need none of these. */
export const NO_STATEMENTS = {
  imports: [],
  constants: [],
  functions: [],
  derive: '',
  unfit: [],
  isHalfMade: '',
} as const satisfies Partial<FieldStatements>

/** Stands for an invalid value, either stored in the file or given by a caller. */
export const REFUSED: unique symbol = Symbol('refused')

/** The steps of a read: `load`, then `judge` once the read has proved consistent. */
export interface FieldReader {
  /** Within a read, at a byte offset: does not validate, since the bytes may be torn. */
  load(views: Views, at: number): unknown
  /** The value, or {@link REFUSED}. */
  judge(loaded: unknown): unknown
  /** What an error message shows for an invalid load. */
  stored(loaded: unknown): unknown
}

/** The steps of a read, and those of a write: `prepare`, then `store`. */
export interface FieldCodec extends FieldReader {
  /** Makes what `store` takes, or {@link REFUSED}. */
  prepare(value: unknown): unknown
  /** Within a write: must not throw. */
  store(views: Views, at: number, prepared: unknown): void
  /** Makes a key that `===` can compare where it can't compare the values; {@link REFUSED} for an invalid value. */
  keyOf?(value: unknown): unknown
}

export const identity = (value: unknown): unknown => value

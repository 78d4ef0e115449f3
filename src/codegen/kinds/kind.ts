/** What code generation knows of a kind of field: its source text, and the same as closures. */

import type { ViewName } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import type { Views } from '../../store/hot-records.ts'
import type { Code } from '../code.ts'

export interface Kind {
  /** What a field contributes to the text of reads and writes. */
  statements(field: LayoutField, context: FieldContext): FieldStatements
  /** When a delta is refused, as a condition on `delta`. */
  readonly refusesDelta?: string
  /** The same without generated code. */
  codec(field: LayoutField): FieldCodec
}

/** Where the statements of a field are to stand. */
export interface FieldContext {
  readonly code: Code
  /** The name of a local: `symbolValue` beside other fields, `value` where there is no other. */
  local(suffix: string): string
  /** The name of a constant beside the class: `TickSymbolText`. */
  constant(suffix: string): string
  /** What a view is called there: `f64`, or `this.f64`. */
  viewOf(view: ViewName): string
  /** Index of the element of a view at `offsetBytes` of the record: `index * 7 + 12`. */
  indexOf(view: ViewName, offsetBytes: number): string
  /** That element: `f64[index * 7 + 12]`. */
  elementOf(view: ViewName, offsetBytes: number): string
}

/** What is declared outside of the class. */
export interface Declaration {
  readonly name: string
  readonly text: string
}

/** Text is of any number of lines, and may be empty. */
export interface FieldStatements {
  /** Views that loading and storing use, by name. */
  readonly views: readonly ViewName[]
  /** Names that the statements need from the runtime. */
  readonly imports: readonly string[]
  /** Constants of this field alone. */
  readonly constants: readonly Declaration[]
  /** Functions that the fields of a module share. */
  readonly functions: readonly Declaration[]
  /** Within a read: loads into locals, judging nothing, since the bytes may be torn. */
  readonly load: string
  /** After a consistent read: makes the value of what was loaded, where it is not that itself. */
  readonly derive: string
  /** Conditions on what was loaded and derived, of which one is true where it is no value of the field. */
  readonly unfit: readonly string[]
  /** What is shown of a value that is none. */
  readonly stored: string
  /** After `derive`: the value. */
  readonly value: string
  /** Before a write: the local that is stored, and what makes it of the value where it is not that itself. */
  readonly prepared: { readonly name: string; readonly type: string; readonly from: string | undefined }
  /** Before a write, after `prepared`: true where the value does not fit. */
  readonly refuses: string
  /** How what is held is compared with `expected`, where `===` does not do. */
  readonly comparison?: {
    /** The local that is compared, and what makes it of `expected`. */
    readonly prepare: string
    /** When `expected` is refused. */
    readonly refuses: string
    readonly isOther: string
  }
  /** Before a write of this field alone, of two stores: a condition, true where both of them change something. */
  readonly isHalfMade: string
  /** Within a write: stores what was prepared, which can't throw. */
  readonly store: string
}

/** What most kinds have none of. */
export const NO_STATEMENTS = {
  imports: [],
  constants: [],
  functions: [],
  derive: '',
  unfit: [],
  isHalfMade: '',
} as const satisfies Partial<FieldStatements>

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
  /** What is compared by `===` where the values themselves can't be; {@link REFUSED} for what is no value. */
  keyOf?(value: unknown): unknown
}

export const identity = (value: unknown): unknown => value

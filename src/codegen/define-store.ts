/** Stores defined at run time, typed by inference from their fields. */
import { isObject, MmapForgeError, show } from '../errors.ts'
import type { EnumType, FieldType } from '../schema/annotations.ts'
import { defineRecord } from '../schema/definition.ts'
import type { ExtraAccessor, TypeNameWith, ValueOf } from '../schema/field-types.ts'
import { schemaFromFields } from '../schema/schema.ts'
import type { OpenerName, OpenerOf, RecordStore, StoreClass } from '../store/record-store.ts'
import { compileStore } from './compile.ts'

/** The fields of a record: property names mapped to field types, in the order in which the file has them. */
export type Fields = Readonly<Record<string, FieldType>>

/** The record object of given fields. */
export type RecordOf<F extends Fields> = {
  -readonly [K in keyof F]: F[K] extends EnumType<infer L>
    ? L
    : F[K] extends FieldType<infer T>
      ? ValueOf<T>
      : never
}

type Names<F> = keyof F & string
type NamesWith<F extends Fields, A extends ExtraAccessor> = {
  [K in Names<F>]: F[K] extends FieldType<TypeNameWith<A>> ? K : never
}[Names<F>]

/**
 * The accessors of given fields: `getPrice` and `setPrice`, `addPrice` for numbers, `compareAndSetPrice` for all but bytes,
 * `viewSymbol` for str and bytes, and `symbolEquals` for str.
 */
export type AccessorsOf<F extends Fields> = {
  readonly [K in Names<F> as `get${Capitalize<K>}`]: (index: number) => RecordOf<F>[K]
} & {
  readonly [K in Names<F> as `set${Capitalize<K>}`]: (index: number, value: RecordOf<F>[K]) => void
} & {
  readonly [K in NamesWith<F, 'add'> as `add${Capitalize<K>}`]: (
    index: number,
    delta: RecordOf<F>[K],
  ) => RecordOf<F>[K]
} & {
  readonly [K in NamesWith<F, 'compareAndSet'> as `compareAndSet${Capitalize<K>}`]: (
    index: number,
    expected: RecordOf<F>[K],
    value: RecordOf<F>[K],
  ) => boolean
} & {
  readonly [K in NamesWith<F, 'equals'> as `${K}Equals`]: (index: number, text: string) => boolean
} & {
  readonly [K in NamesWith<F, 'view'> as `view${Capitalize<K>}`]: (index: number) => Uint8Array
}

/** The fields of one record after another, without an object for each. */
export type CursorOf<F extends Fields> = {
  /** Moves to a record; an index that is out of bounds is refused when a field is read or written. */
  seek(index: number): CursorOf<F>
} & RecordOf<F>

/** An instance of a store class that `defineStore` made. */
export type StoreOf<F extends Fields> = RecordStore<RecordOf<F>> &
  AccessorsOf<F> & {
    /** A reusable view of one record after another: `cursor.seek(i).price`. */
    cursor(): CursorOf<F>
  }

/** A store class that `defineStore` made: `create`, `open`, `openOrCreate`, `openWhenReady`, and `definition`. */
export type DefinedStore<F extends Fields> = StoreClass<StoreOf<F>> & {
  readonly [K in keyof Pick<typeof RecordStore, OpenerName>]: OpenerOf<K, StoreOf<F>>
}

/**
 * Defines a store class without the generator. The same emitter compiles it; where making code from strings is
 * forbidden, a slower class that behaves alike takes its place.
 *
 * @param name of the record, an identifier; the class is named after it
 * @param options `version` is the schema's, an integer from 0 to 2^32 - 1, kept in the file's header
 * @throws {MmapForgeError} `ERR_INVALID_SCHEMA`, `ERR_TYPE_MISMATCH`
 *
 * @example
 * const TickStore = defineStore('Tick', { version: 1 }, { symbol: str(64), price: float64 })
 * using ticks = TickStore.create('ticks.mmf')
 * ticks.setPrice(ticks.append({ symbol: 'AAPL', price: 189.5 }), 190.25)
 */
export function defineStore<const F extends Fields>(
  name: string,
  options: { readonly version: number },
  fields: F,
): DefinedStore<F> {
  assertObject(options, 'the options must be an object with a version')
  assertObject(fields, 'the fields must be an object of field types')
  const definition = defineRecord(schemaFromFields(name, options.version, fields))
  return compileStore(definition) as unknown as DefinedStore<F>
}

function assertObject(value: unknown, rule: string): void {
  if (isObject(value)) return
  const code = Array.isArray(value) ? 'ERR_INVALID_SCHEMA' : 'ERR_TYPE_MISMATCH'
  throw new MmapForgeError(code, `${rule}, not ${show(value)}`)
}

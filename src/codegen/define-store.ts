/** Stores defined at run time, typed by inference from their fields. */
import { isObject, MmapForgeError, show } from '../errors.ts'
import type { AccessorKind } from '../schema/accessor-names.ts'
import type { EnumType, FieldType, SizedType } from '../schema/annotations.ts'
import { defineRecord } from '../schema/definition.ts'
import type { ByteCount, ExtraAccessor, TypeNameWith, ValueOf } from '../schema/field-types.ts'
import { schemaFromFields } from '../schema/schema.ts'
import type { OpenerName, OpenerOf, RecordStore, StoreClass } from '../store/record-store.ts'
import { compileStore } from './compile.ts'

/** The fields of a record: property names mapped to field types, in file order. */
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

/** A field's type and size, as the doc comments of generated accessors have them. */
type StorageOf<F extends FieldType> =
  F extends SizedType<infer T, infer N>
    ? `${T}(${N}), at most ${N} bytes`
    : F extends EnumType
      ? 'enums, 1 or 2 bytes'
      : F extends FieldType<infer T>
        ? `${T}, ${ByteCount<T>}`
        : never

/**
 * The index of a record: a `number`, whose type carries a field's name, type and size for editors to show. A doc comment
 * can't: accessors are mapped to new names, and TypeScript drops comments from renamed properties.
 */
export type IndexOf<Field extends string> = number & Record<never, Field>

/** The accessors of one field, by their kinds: editors show the comment of a signature, and not that of a member. */
interface Accessors<I extends number, V> {
  get: {
    /** Reads the field. */
    (index: I): V
  }
  set: {
    /** Writes the field. */
    (index: I, value: V): void
  }
  add: {
    /** Atomically adds to the field; returns the new value. */
    (index: I, delta: V): V
  }
  compareAndSet: {
    /** Atomically sets the field if it is `expected`; returns whether it was. */
    (index: I, expected: V, value: V): boolean
  }
  equals: {
    /** Whether the field is `text`, without decoding it. */
    (index: I, text: string): boolean
  }
  view: {
    /** The bytes of the field in the file itself: live, not a snapshot. */
    (index: I): Uint8Array
  }
}

type Accessor<A extends AccessorKind, F extends Fields, K extends Names<F>> = Accessors<
  IndexOf<`${K}: ${StorageOf<F[K]>}`>,
  RecordOf<F>[K]
>[A]

/**
 * The accessors of given fields: `getPrice` and `setPrice`, `addPrice` for numbers, `compareAndSetPrice` for all but bytes,
 * `viewSymbol` for str and bytes, and `symbolEquals` for str.
 */
export type AccessorsOf<F extends Fields> = {
  readonly [K in Names<F> as `get${Capitalize<K>}`]: Accessor<'get', F, K>
} & {
  readonly [K in Names<F> as `set${Capitalize<K>}`]: Accessor<'set', F, K>
} & {
  readonly [K in NamesWith<F, 'add'> as `add${Capitalize<K>}`]: Accessor<'add', F, K>
} & {
  readonly [K in NamesWith<F, 'compareAndSet'> as `compareAndSet${Capitalize<K>}`]: Accessor<
    'compareAndSet',
    F,
    K
  >
} & {
  readonly [K in NamesWith<F, 'equals'> as `${K}Equals`]: Accessor<'equals', F, K>
} & {
  readonly [K in NamesWith<F, 'view'> as `view${Capitalize<K>}`]: Accessor<'view', F, K>
}

/** A reusable view of one record at a time: its fields as properties, without an object for each record. */
export type CursorOf<F extends Fields> = {
  /** Moves to a record. Throws nothing: reading or writing a field throws if the index is out of bounds. */
  seek(index: number): CursorOf<F>
} & RecordOf<F>

/** An instance of a class that `defineStore` returned. */
export type StoreOf<F extends Fields> = RecordStore<RecordOf<F>> &
  AccessorsOf<F> & {
    /** A reusable view of one record after another: `cursor.seek(i).price`. */
    cursor(): CursorOf<F>
  }

/** The class that `defineStore` returns: `create`, `open`, `openOrCreate`, `openWhenReady`, and `definition`. */
export type DefinedStore<F extends Fields> = StoreClass<StoreOf<F>> & {
  readonly [K in keyof Pick<typeof RecordStore, OpenerName>]: OpenerOf<K, StoreOf<F>>
}

/**
 * Defines a store class at run time. It is the class that the generator writes; where code generation from strings is
 * forbidden, a slower class with the same behaviour takes its place.
 *
 * @param name of the record, an identifier: `Tick` makes `TickStore`
 * @param options `version` of the schema, an integer from 0 to 2^32 - 1, stored in the file's header
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

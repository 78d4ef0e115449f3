/**
 * The table of field types: layout, hash, emitter, run-time accessors, value checks and documentation derive everything
 * they know about a type from its row.
 */

/** The typed array through which a field is loaded and stored; also the name of the store's view. */
export type ViewName = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'i64' | 'u64' | 'f32' | 'f64'

/** Bytes per element of each view. */
export const VIEW_BYTES = {
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
  f32: 4,
  f64: 8,
} as const satisfies Record<ViewName, number>

/**
 * How a value is checked, loaded and stored.
 * - `bool`: one byte, 0 or 1
 * - `int`: a number that the view holds exactly
 * - `safeint`: a number as two 32-bit halves of a 64-bit integer, so that no bigint is allocated
 * - `bigint`: a 64-bit integer
 * - `float`: a number
 * - `date`: a Date, stored as milliseconds, like a `safeint`
 * - `enum`: a label, stored as its index among the labels
 * - `text`, `blob`: a u32 length in bytes, then the data, the rest zeroed
 */
export type Codec = 'bool' | 'int' | 'safeint' | 'bigint' | 'float' | 'date' | 'enum' | 'text' | 'blob'

/** The JavaScript type of each codec's values. */
export interface CodecValues {
  readonly bool: boolean
  readonly int: number
  readonly safeint: number
  readonly bigint: bigint
  readonly float: number
  readonly date: Date
  readonly enum: string
  readonly text: string
  readonly blob: Uint8Array
}

/** The TypeScript spelling of each codec's value. */
export const TS_TYPES: Readonly<Record<Codec, string>> = {
  bool: 'boolean',
  int: 'number',
  safeint: 'number',
  bigint: 'bigint',
  float: 'number',
  date: 'Date',
  enum: 'string',
  text: 'string',
  blob: 'Uint8Array',
}

/** The accessors that a field may have besides a getter and a setter. */
export type ExtraAccessor = 'view' | 'equals' | 'add' | 'compareAndSet'

/** The extra accessors of each codec. Byte fields have no compare-and-set, since `===` can't compare them. */
export const EXTRA_ACCESSORS = {
  bool: ['compareAndSet'],
  int: ['add', 'compareAndSet'],
  safeint: ['add', 'compareAndSet'],
  bigint: ['add', 'compareAndSet'],
  float: ['add', 'compareAndSet'],
  date: ['compareAndSet'],
  enum: ['compareAndSet'],
  text: ['view', 'equals', 'compareAndSet'],
  blob: ['view'],
} as const satisfies Record<Codec, readonly ExtraAccessor[]>

interface Row {
  /** The type's name in the schema hash. */
  readonly formatName: string
  readonly codec: Codec
  /** For `text` and `blob`, the view of the length prefix. */
  readonly view: ViewName
  /** Least and greatest value, both inclusive; only integers have them. */
  readonly min?: number | bigint
  readonly max?: number | bigint
}

const int = <const N extends string, const V extends ViewName>(
  formatName: N,
  view: V,
  min: number,
  max: number,
): Row & { formatName: N; codec: 'int'; view: V } => ({ formatName, codec: 'int', view, min, max })

export const FIELD_TYPES = {
  bool: { formatName: 'bool', codec: 'bool', view: 'u8' },
  int8: int('int8', 'i8', -128, 127),
  uint8: int('uint8', 'u8', 0, 255),
  int16: int('int16', 'i16', -32_768, 32_767),
  uint16: int('uint16', 'u16', 0, 65_535),
  int32: int('int32', 'i32', -2_147_483_648, 2_147_483_647),
  uint32: int('uint32', 'u32', 0, 4_294_967_295),
  int64: {
    formatName: 'int64',
    codec: 'bigint',
    view: 'i64',
    min: -(2n ** 63n),
    max: 2n ** 63n - 1n,
  },
  uint64: { formatName: 'uint64', codec: 'bigint', view: 'u64', min: 0n, max: 2n ** 64n - 1n },
  int53: {
    formatName: 'int64',
    codec: 'safeint',
    view: 'i64',
    min: Number.MIN_SAFE_INTEGER,
    max: Number.MAX_SAFE_INTEGER,
  },
  uint53: { formatName: 'uint64', codec: 'safeint', view: 'u64', min: 0, max: Number.MAX_SAFE_INTEGER },
  float32: { formatName: 'float32', codec: 'float', view: 'f32' },
  float64: { formatName: 'float64', codec: 'float', view: 'f64' },
  date: { formatName: 'int64', codec: 'date', view: 'i64' },
  enum8: { formatName: 'uint8', codec: 'enum', view: 'u8' },
  enum16: { formatName: 'uint16', codec: 'enum', view: 'u16' },
  str: { formatName: 'string', codec: 'text', view: 'u32' },
  bytes: { formatName: 'bytes', codec: 'blob', view: 'u32' },
} as const satisfies Record<string, Row>

/** The name of a field type, as it is written in annotations and in `defineStore`. */
export type FieldTypeName = keyof typeof FIELD_TYPES

/** The JavaScript type of a field type's values. */
export type ValueOf<T extends FieldTypeName> = CodecValues[(typeof FIELD_TYPES)[T]['codec']]

/** The types that take a maximum size: `str<N>` and `bytes<N>`. */
export type SizedTypeName = {
  [T in FieldTypeName]: (typeof FIELD_TYPES)[T]['codec'] extends 'text' | 'blob' ? T : never
}[FieldTypeName]

/** Bytes of the u32 that precedes the data of `str` and `bytes`. */
export const LENGTH_PREFIX_BYTES = 4

/** The size of a type that takes no maximum size, in words: `8 bytes`. */
export type ByteCount<T extends FieldTypeName> = T extends FieldTypeName
  ? (typeof VIEW_BYTES)[(typeof FIELD_TYPES)[T]['view']] extends 1
    ? '1 byte'
    : `${(typeof VIEW_BYTES)[(typeof FIELD_TYPES)[T]['view']]} bytes`
  : never

export function isFieldTypeName(name: unknown): name is FieldTypeName {
  // Without the check, an array of one name would pass for the name.
  return typeof name === 'string' && Object.hasOwn(FIELD_TYPES, name)
}

/** The row of a type, with optional bounds, which only integers have. */
export function fieldTypeOf(name: FieldTypeName): Row {
  return FIELD_TYPES[name]
}

export function isSized(name: FieldTypeName): name is SizedTypeName {
  const { codec } = FIELD_TYPES[name]
  return codec === 'text' || codec === 'blob'
}

/** The types that have an accessor of some kind. */
export type TypeNameWith<A extends ExtraAccessor> = {
  [T in FieldTypeName]: A extends (typeof EXTRA_ACCESSORS)[(typeof FIELD_TYPES)[T]['codec']][number]
    ? T
    : never
}[FieldTypeName]

export function extraAccessorsOf(name: FieldTypeName): readonly ExtraAccessor[] {
  return EXTRA_ACCESSORS[FIELD_TYPES[name].codec]
}

/** Bytes that a field takes in the record; `maxBytes` matters only for sized types. */
export function fieldSizeBytes(name: FieldTypeName, maxBytes: number): number {
  return isSized(name) ? LENGTH_PREFIX_BYTES + maxBytes : VIEW_BYTES[FIELD_TYPES[name].view]
}

/** The natural alignment of a field: that of its view, or of the length prefix for sized types. */
export function fieldAlignBytes(name: FieldTypeName): number {
  return VIEW_BYTES[FIELD_TYPES[name].view]
}

/** The types of fields with labels; the number of labels decides which of the two. */
export type EnumTypeName = 'enum8' | 'enum16'

const MAX_ENUM8_LABELS = 2 ** 8
/** Greatest number of labels of a field. */
export const MAX_LABELS = 2 ** 16

export function isEnum(name: FieldTypeName): name is EnumTypeName {
  return FIELD_TYPES[name].codec === 'enum'
}

export function enumTypeOf(labelCount: number): EnumTypeName {
  return labelCount <= MAX_ENUM8_LABELS ? 'enum8' : 'enum16'
}

/** The TypeScript spelling of a field's values: that of its codec, or the union of its labels. */
export function tsTypeOf({
  type,
  labels,
}: {
  readonly type: FieldTypeName
  readonly labels?: readonly string[]
}): string {
  return labels === undefined ? TS_TYPES[FIELD_TYPES[type].codec] : labels.map(quote).join(' | ')
}

/** A field's type and the size of its data, in words: `str(16)` and at most 16 bytes, `float64` and 8. */
export function describeType({
  type,
  maxBytes,
  labels,
}: {
  readonly type: FieldTypeName
  readonly maxBytes: number
  readonly labels?: readonly string[]
}): string {
  if (isSized(type)) return `\`${type}(${maxBytes})\`: at most ${count(maxBytes, 'byte')}`
  const name = labels === undefined ? `\`${type}\`` : `one of ${count(labels.length, 'label')}`
  return `${name}: ${count(fieldSizeBytes(type, 0), 'byte')}`
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** A single-quoted literal; U+2028 and U+2029, which end a line in JavaScript, are escaped too. */
export function quote(text: string): string {
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/['\u2028\u2029]/g, (unit) => (unit === "'" ? "\\'" : `\\u${unit.charCodeAt(0).toString(16)}`))
  return `'${escaped}'`
}

/** Loading and storing one field without generated code; derived, like the emitter's text, from the field table. */
import { fieldTypeOf, LENGTH_PREFIX_BYTES, VIEW_BYTES } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import type { Views } from '../../store/hot-records.ts'
import { clearRest, loadBlob, measureBlob, storeBlob } from '../../values/blob-field.ts'
import { TextField } from '../../values/text-field.ts'
import { scalarCheck } from '../../values/value-check.ts'

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

const identity = (value: unknown): unknown => value

export function fieldCodec(field: LayoutField): FieldCodec {
  switch (fieldTypeOf(field.type).codec) {
    case 'bool':
      return boolCodec
    case 'safeint':
      return safeintCodec(field)
    case 'text':
      return textCodec(field)
    case 'blob':
      return blobCodec(field)
    default:
      return plainCodec(field)
  }
}

function plainCodec({ type }: LayoutField): FieldCodec {
  const { view } = fieldTypeOf(type)
  const fits = scalarCheck(type)
  return {
    load: (views, at) => views[view][at / VIEW_BYTES[view]],
    judge: identity,
    stored: identity,
    prepare: (value) => (fits(value) ? value : REFUSED),
    store: (views, at, value) => {
      views[view][at / VIEW_BYTES[view]] = value as never
    },
  }
}

const boolCodec: FieldCodec = {
  load: ({ u8 }, at) => u8[at],
  judge: (byte) => ((byte as number) > 1 ? REFUSED : byte === 1),
  stored: identity,
  prepare: (value) => (typeof value === 'boolean' ? Number(value) : REFUSED),
  store: ({ u8 }, at, byte) => {
    u8[at] = byte as number
  },
}

function safeintCodec({ type }: LayoutField): FieldCodec {
  const { view } = fieldTypeOf(type)
  const fits = scalarCheck(type)
  const highView = view === 'i64' ? 'i32' : 'u32'
  return {
    load: (views, at) => [views.u32[at / 4], views[highView][at / 4 + 1]],
    judge: (halves) => {
      const [low, high] = halves as [number, number]
      const value = high * 2 ** 32 + low
      return Number.isSafeInteger(value) ? value : REFUSED
    },
    stored: (halves) => {
      const [low, high] = halves as [number, number]
      return (BigInt(high) << 32n) | BigInt(low)
    },
    prepare: (value) => (fits(value) ? value : REFUSED),
    store: (views, at, value) => {
      views.u32[at / 4] = (value as number) >>> 0
      views[highView][at / 4 + 1] = Math.floor((value as number) / 2 ** 32)
    },
  }
}

interface Sized<T> {
  readonly length: number
  readonly value: T
}

function textCodec({ maxBytes }: LayoutField): FieldCodec {
  const text = new TextField(maxBytes)
  return {
    load: ({ u8, i32, u32 }, at) => {
      const length = u32[at / 4] as number
      return { length, value: text.load(u8, i32, at / 4, length) }
    },
    judge: judgeSized,
    stored: storedLength,
    // Several string fields may be prepared before the first is stored; each has a TextField, which keeps it, of its own.
    prepare: (value) => {
      const length = text.measure(value)
      return length < 0 ? REFUSED : length
    },
    store: ({ u8, i32 }, at, length) => text.store(u8, i32, at / 4, length as number),
  }
}

/** Loads whether a string field holds a text, which `expect` is told before. */
export interface TextComparison extends FieldReader {
  expect(text: unknown): void
}

export function textComparison({ maxBytes }: LayoutField): TextComparison {
  const text = new TextField(maxBytes)
  let length = 0
  return {
    // A text that the field can't hold has a negative length, which no stored one equals.
    expect: (value) => {
      length = text.measure(value)
    },
    load: ({ u8, i32, u32 }, at) => u32[at / 4] === length && text.matches(u8, i32, at / 4, length),
    judge: identity,
    stored: identity,
  }
}

function blobCodec({ maxBytes }: LayoutField): FieldCodec {
  return {
    load: ({ u8, u32 }, at) => {
      const length = u32[at / 4] as number
      return { length, value: loadBlob(u8, at + LENGTH_PREFIX_BYTES, length, maxBytes) }
    },
    judge: judgeSized,
    stored: storedLength,
    prepare: (value) => {
      const length = measureBlob(value, maxBytes)
      return length < 0 ? REFUSED : { length, value }
    },
    store: ({ u8, u32 }, at, prepared) => {
      const { length, value } = prepared as Sized<Uint8Array>
      storeBlob(u8, at + LENGTH_PREFIX_BYTES, value, length)
      clearRest(u8, at + LENGTH_PREFIX_BYTES, length, u32[at / 4] as number, maxBytes)
      u32[at / 4] = length
    },
  }
}

function judgeSized(loaded: unknown): unknown {
  return (loaded as Sized<unknown>).value ?? REFUSED
}

function storedLength(loaded: unknown): number {
  return (loaded as Sized<unknown>).length
}

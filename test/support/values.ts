/** Random values of a field, weighted towards the edges of its type. */
import fc from 'fast-check'
import { fieldTypeOf } from '../../src/schema/field-types.ts'
import type { Schema, SchemaField } from '../../src/schema/schema.ts'
import type { AnyRecord } from './any-store.ts'

const FLOAT64_EDGES = [
  ...[Number.NaN, 0, -0, Infinity, -Infinity, 1, -1, 0.1, 2 ** 53],
  ...[Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, -Number.MIN_VALUE, Number.EPSILON],
  // The least normal number and the greatest subnormal.
  ...[2.2250738585072014e-308, 2.225073858507201e-308],
]

/** Some are exact in 32 bits, some are rounded, to zero too. */
const FLOAT32_EDGES = [
  ...[Number.NaN, 0, -0, Infinity, -Infinity, 1, 0.1, -1 / 3, 16_777_217],
  ...[3.4028234663852886e38, -3.4028234663852886e38, 3.4028235e38],
  ...[1.1754943508222875e-38, 1.1754942106924411e-38, 1.401298464324817e-45, 1e-46, Number.MIN_VALUE],
]

const isFloat32 = (value: number): boolean => !Number.isFinite(value) || Number.isFinite(Math.fround(value))

export function valueArbitrary(
  field: Pick<SchemaField, 'type' | 'maxBytes' | 'labels'>,
): fc.Arbitrary<unknown> {
  const { codec, view, min, max } = fieldTypeOf(field.type)
  switch (codec) {
    case 'bool':
      return fc.boolean()
    case 'text':
      return textArbitrary(field.maxBytes)
    case 'enum':
      return fc.constantFrom(...(field.labels ?? []))
    case 'date':
      return dateArbitrary
    case 'blob':
      return blobArbitrary(field.maxBytes)
    case 'float':
      return view === 'f32'
        ? fc.oneof(fc.constantFrom(...FLOAT32_EDGES), fc.float(), fc.double().filter(isFloat32))
        : fc.oneof(fc.constantFrom(...FLOAT64_EDGES), fc.double())
    case 'bigint': {
      const [least, greatest] = [min as bigint, max as bigint]
      const edges = [least, least + 1n, 0n, 1n, 2n ** 32n, 2n ** 53n + 1n, greatest - 1n, greatest]
      return fc.oneof(fc.constantFrom(...edges), fc.bigInt({ min: least, max: greatest }))
    }
    default: {
      const [least, greatest] = [min as number, max as number]
      const edges = [least, least + 1, 0, -0, 1, greatest - 1, greatest]
      return fc.oneof(fc.constantFrom(...edges), fc.integer({ min: least, max: greatest }))
    }
  }
}

/** The first and the last moment that a Date can tell, and those about 1970 and a change of the high half. */
const DATE_EDGES = [
  -8.64e15,
  -8.64e15 + 1,
  -(2 ** 32) - 1,
  -(2 ** 32),
  -1,
  0,
  1,
  2 ** 32 - 1,
  2 ** 32,
  8.64e15,
]

const dateArbitrary: fc.Arbitrary<Date> = fc.oneof(
  fc.constantFrom(...DATE_EDGES).map((time) => new Date(time)),
  fc.date({ noInvalidDate: true }),
)

/** Text that fits: among it what fills the field to the last byte, and what decoders like to lose or to replace. */
export function textArbitrary(maxBytes: number): fc.Arbitrary<string> {
  const filler = fc.constantFrom('a', 'é', '€', '😀', '\0', '\ufffd')
  return fc
    .oneof(
      fc.constant(''),
      fc.string({ maxLength: maxBytes }),
      fc.string({ unit: 'binary', maxLength: maxBytes }),
      filler.map((unit) => fillText(unit, maxBytes)),
      fc.constantFrom(
        '\ufeff',
        '\ufeffBOM',
        'a\0b',
        '\0',
        '\ufffd',
        '\u{10ffff}',
        '\uffff',
        '\u2028',
        'AAPL',
        'MSFT',
      ),
    )
    .map((text) => fitText(text, maxBytes))
}

/** `unit` over and over, then single bytes, to exactly `maxBytes` of UTF-8. */
export function fillText(unit: string, maxBytes: number): string {
  const unitBytes = Buffer.byteLength(unit)
  return unit.repeat(Math.floor(maxBytes / unitBytes)) + 'z'.repeat(maxBytes % unitBytes)
}

/** Cut between two characters, where it is too long. */
function fitText(text: string, maxBytes: number): string {
  let fitted = ''
  let sizeBytes = 0
  for (const character of text) {
    sizeBytes += Buffer.byteLength(character)
    if (sizeBytes > maxBytes) break
    fitted += character
  }
  return fitted
}

function blobArbitrary(maxBytes: number): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    fc.constantFrom(new Uint8Array(), new Uint8Array(maxBytes), new Uint8Array(maxBytes).fill(0xff)),
    fc.uint8Array({ maxLength: maxBytes }),
    // A window into a larger buffer, and a subclass.
    fc.uint8Array({ maxLength: maxBytes }).map((bytes) => Buffer.from([1, ...bytes, 2]).subarray(1, -1)),
  )
}

export function recordArbitrary({ fields }: Pick<Schema, 'fields'>): fc.Arbitrary<AnyRecord> {
  return fc.record(Object.fromEntries(fields.map((field) => [field.property, valueArbitrary(field)])))
}

/** Some fields of a record, perhaps none; among the others some are there, but undefined. */
export function patchArbitrary({ fields }: Pick<Schema, 'fields'>): fc.Arbitrary<AnyRecord> {
  const entries = fields.map((field) => [
    field.property,
    fc.option(valueArbitrary(field), { nil: undefined, freq: 1 }),
  ])
  return fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>, { requiredKeys: [] })
}

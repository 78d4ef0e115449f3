/** Random schemas: all types, names that are hard on a generator, names in the file that differ from the property's. */
import fc from 'fast-check'
import {
  accessorName,
  accessorNames,
  RESERVED_ACCESSORS,
  RESERVED_RECORD_NAMES,
} from '../../src/schema/accessor-names.ts'
import { enumTypeOf, FIELD_TYPES, type FieldTypeName, isEnum, isSized } from '../../src/schema/field-types.ts'
import { makeSchema, type Schema, type SchemaField } from '../../src/schema/schema.ts'

export const ALL_TYPES = Object.keys(FIELD_TYPES) as FieldTypeName[]

/** Labels, more than a byte can number among them. */
const labels = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.uniqueArray(fc.string({ unit: 'grapheme', maxLength: 6 }), { minLength: 1, maxLength: 8 }),
  },
  fc.constantFrom(["it's", '"q"', 'back\\slash', '', '$' + '{a}', '`', '\n', '\u2028', '‹', '›']),
  fc.constantFrom(256, 257, 300).map((count) => Array.from({ length: count }, (_, i) => `l${i}`)),
)

const ordinaryName = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,9}$/)

/** Names that generated code uses itself, words that JavaScript reserves, and identifiers that are not ASCII. */
const AWKWARD_NAMES = [
  'index record patch place before since fence counter value length indexValue this runtime definition',
  'i8 u8 i16 u16 i32 u32 i64 u64 f32 f64 Number Math BigInt Infinity TextField RecordStore beginRead',
  'class default new await static get set view let null undefined delete arguments eval interface yield',
  'field fields readLimit opened closed path capacity $ _ $0 é größe 価格 Σ',
].flatMap((names) => names.split(' '))

const awkwardName = fc.constantFrom(...AWKWARD_NAMES)

/** Anything but white space, control characters, commas and colons. */
const awkwardFileName = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((name) => /^[^\s,:\p{C}]+$/u.test(name) && !name.includes('*/'))
const fileName = fc.oneof(
  ordinaryName,
  fc.constantFrom("it's", '"q"', 'back\\slash', '$', '`'),
  awkwardFileName,
)

const sizeBytes = fc.oneof(
  fc.integer({ min: 1, max: 20 }),
  fc.constantFrom(31, 32, 33, 47, 48, 49, 64, 65, 100, 255, 256, 1000),
)

const doc = fc.option(fc.constantFrom('One line.', 'Two\nlines.', 'With `code`, {braces} and "quotes".'), {
  nil: undefined,
})

export interface SchemaShape {
  readonly name?: string
  readonly maxFields?: number
  /** Only names that a formatter leaves on one line; false by default. */
  readonly isOrdinary?: boolean
}

/** A checked schema. */
export function schemaArbitrary({
  name,
  maxFields = 20,
  isOrdinary = false,
}: SchemaShape = {}): fc.Arbitrary<Schema> {
  const property = isOrdinary ? ordinaryName : fc.oneof({ weight: 3, arbitrary: ordinaryName }, awkwardName)
  const field = fc
    .record({
      property,
      fileName: fc.option(isOrdinary ? ordinaryName : fileName, { nil: undefined, freq: 4 }),
      type: fc.constantFrom(...ALL_TYPES),
      maxBytes: sizeBytes,
      labels,
      doc,
    })
    .filter(
      ({ property, type }) => !accessorNames(property, type).some((name) => RESERVED_ACCESSORS.has(name)),
    )
  return fc
    .record({
      name:
        name === undefined
          ? fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,8}$/).filter((each) => !RESERVED_RECORD_NAMES.has(each))
          : fc.constant(name),
      version: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(2 ** 32 - 1)),
      doc,
      fields: fc.uniqueArray(field, {
        minLength: 1,
        maxLength: maxFields,
        selector: ({ property }) => accessorName('get', property),
      }),
    })
    .map(({ fields, doc, ...schema }) =>
      makeSchema({ ...schema, ...withDoc(doc), fields: withFileNames(fields) }),
    )
}

interface FieldDraft {
  readonly property: string
  readonly fileName: string | undefined
  readonly type: FieldTypeName
  readonly maxBytes: number
  readonly labels: readonly string[]
  readonly doc: string | undefined
}

/** Drops an override that another field has taken. */
function withFileNames(drafts: readonly FieldDraft[]): SchemaField[] {
  const taken = new Set(drafts.map(({ property }) => property))
  return drafts.map(({ property, fileName, type, maxBytes, labels, doc }) => {
    const isFree = fileName !== undefined && !taken.has(fileName)
    if (isFree) taken.add(fileName)
    return {
      property,
      name: isFree ? fileName : property,
      type: isEnum(type) ? enumTypeOf(labels.length) : type,
      maxBytes: isSized(type) ? maxBytes : 0,
      ...(isEnum(type) && { labels }),
      ...withDoc(doc),
    }
  })
}

function withDoc(doc: string | undefined): { doc?: string } {
  return doc === undefined ? {} : { doc }
}

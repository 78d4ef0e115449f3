/**
 * The limit: the same memory layout read and written through bare typed arrays, with the same bounds check and the same
 * index arithmetic, and nothing else. What a store costs is what it takes beyond this. The check is against a count that
 * has changed, as that of a store has: one that never did is a constant to V8, which then need not load it.
 */

import { HEADER_SIZE_BYTES } from '../../src/format/header.ts'
import { accessorName } from '../../src/schema/accessor-names.ts'
import { FIELD_TYPES, type FieldTypeName, isSized, VIEW_BYTES } from '../../src/schema/field-types.ts'
import type { Layout, LayoutField } from '../../src/schema/layout.ts'
import { viewsOf } from '../../src/store/hot-records.ts'
import { fresh } from '../measure/fresh-function.ts'

/** The types whose values bare typed arrays can give as they are. */
export const BARE_TYPES = (Object.keys(FIELD_TYPES) as FieldTypeName[]).filter(
  (name) => !isSized(name) && !['date', 'enum'].includes(FIELD_TYPES[name].codec),
)

/** Methods named as the store's: `getPrice(index)`, `setPrice(index, value)`, `get(index)`, `set(index, record)`. */
export type Bare = Record<string, (...args: unknown[]) => unknown>

/** Makes twins of one class, as many as are asked for. */
export function bareClass(layout: Layout): (count: number) => Bare {
  const fields = layout.fields.filter(({ type }) => !isSized(type))
  const each = (part: (field: LayoutField) => string) => fields.map(part)
  const source = `return class Bare {
    constructor(views, count) {
      ${VIEWS.map((name) => `this.${name} = views.${name}`).join('; ')}
      this.count = 0
      this.count = count
    }
    ${each((field) => accessors(field, layout.recordSizeBytes)).join('\n')}
    get(index) { ${BOUNDS}; return { ${each((field) => `${field.property}: ${load(field, layout)}`).join(', ')} } }
    getInto(index, target) { ${BOUNDS}; ${each((field) => `target.${field.property} = ${load(field, layout)}`).join('; ')} }
    set(index, record) { ${BOUNDS}; ${each((field) => store(field, layout, `record.${field.property}`)).join('; ')} }
  }`
  const Class = fresh<new (views: object, count: number) => Bare>({}, source)
  return (count) =>
    new Class(viewsOf(new ArrayBuffer(HEADER_SIZE_BYTES + count * layout.recordSizeBytes + 8)), count)
}

export function makeBare(layout: Layout, count: number): Bare {
  return bareClass(layout)(count)
}

const VIEWS = Object.keys(VIEW_BYTES)

/** The check of `index` that every access has. */
export const BOUNDS = "if (!(index < this.count && index >>> 0 === index)) throw new RangeError('index')"

function accessors(field: LayoutField, recordSizeBytes: number): string {
  const layout = { recordSizeBytes }
  return `${accessorName('get', field.property)}(index) { ${BOUNDS}; return ${load(field, layout)} }
    ${accessorName('set', field.property)}(index, value) { ${BOUNDS}; ${store(field, layout, 'value')} }`
}

function at({ offsetBytes }: LayoutField, bytes: number, recordSizeBytes: number, extraBytes = 0): string {
  return `index * ${recordSizeBytes / bytes} + ${(HEADER_SIZE_BYTES + offsetBytes + extraBytes) / bytes}`
}

function load(field: LayoutField, { recordSizeBytes }: { recordSizeBytes: number }): string {
  const { codec, view } = FIELD_TYPES[field.type]
  if (codec === 'safeint') {
    const high = view === 'i64' ? 'i32' : 'u32'
    return `this.${high}[${at(field, 4, recordSizeBytes, 4)}] * 4294967296 + this.u32[${at(field, 4, recordSizeBytes)}]`
  }
  const plain = `this.${view}[${at(field, VIEW_BYTES[view], recordSizeBytes)}]`
  return codec === 'bool' ? `${plain} === 1` : plain
}

function store(field: LayoutField, { recordSizeBytes }: { recordSizeBytes: number }, value: string): string {
  const { codec, view } = FIELD_TYPES[field.type]
  if (codec === 'safeint') {
    return (
      `this.u32[${at(field, 4, recordSizeBytes)}] = ${value} >>> 0; ` +
      `this.u32[${at(field, 4, recordSizeBytes, 4)}] = Math.floor(${value} / 4294967296)`
    )
  }
  return `this.${view}[${at(field, VIEW_BYTES[view], recordSizeBytes)}] = ${value}${codec === 'bool' ? ' ? 1 : 0' : ''}`
}

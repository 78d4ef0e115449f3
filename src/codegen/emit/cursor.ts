/** A store's cursor as source text: the fields of one record after another as properties of one object. */
import { accessorName } from '../../schema/accessor-names.ts'
import { fieldTypeOf, TS_TYPES } from '../../schema/field-types.ts'
import type { Schema, SchemaField } from '../../schema/schema.ts'
import type { Typed } from '../kinds/kind.ts'
import { docComment, indent } from './source-text.ts'

export function cursorName({ name }: Schema): string {
  return `${name}Cursor`
}

export function emitCursor(schema: Schema, typed: Typed): string[] {
  const storeType = typed(`: ${schema.name}Store`)
  const members = [
    [`${typed('readonly ')}#store${storeType}`, '#index = 0'],
    [`constructor(store${storeType}) {`, '  this.#store = store', '}'],
    [
      ...docComment([
        'Moves to a record; an index that is out of bounds is refused when a field is read or written.',
      ]),
      `seek(index${typed(': number')})${typed(': this')} {`,
      '  this.#index = index',
      '  return this',
      '}',
    ],
    ...schema.fields.flatMap((field) => properties(field, typed)),
  ]
  return [
    ...docComment([
      `The fields of one {@link ${schema.name}Record} after another, without an object for each record.`,
    ]),
    `${typed('export ')}class ${cursorName(schema)} {`,
    ...members.flatMap((member, i) => (i === 0 ? indent(member) : ['', ...indent(member)])),
    '}',
  ]
}

function properties({ property, type, doc }: SchemaField, typed: Typed): string[][] {
  const valueType = typed(`: ${TS_TYPES[fieldTypeOf(type).codec]}`)
  return [
    [
      ...docComment([doc]),
      `get ${property}()${valueType} {`,
      `  return this.#store.${accessorName('get', property)}(this.#index)`,
      '}',
    ],
    [
      `set ${property}(value${valueType}) {`,
      `  this.#store.${accessorName('set', property)}(this.#index, value)`,
      '}',
    ],
  ]
}

/** A store's cursor, as source text: the fields of one record after another, as properties of one object. */
import { accessorName } from '../../schema/accessor-names.ts'
import { tsTypeOf } from '../../schema/field-types.ts'
import type { Schema, SchemaField } from '../../schema/schema.ts'
import { type Code, docComment } from '../code.ts'
import { propertyDoc } from './field-doc.ts'
import { namesOf } from './names.ts'

/** The method of a store class that makes a cursor. */
export function cursorMethod(schema: Schema, code: Code): string {
  const { cursorName } = namesOf(schema)
  return code`
    cursor()‹: ${cursorName}› { return new ${cursorName}(this) }
  `
}

export function emitCursor(schema: Schema, code: Code): string {
  const { className, recordType, cursorName } = namesOf(schema)
  return code`
    ${docComment(`The fields of one {@link ${recordType}} after another, without an object for each record.`)}
    ‹export ›class ${cursorName} extends ThreadBound {
      ‹readonly ›#store‹: ${className}›
      #index = 0

      constructor(store‹: ${className}›) { super(); this.#store = store }

      ${docComment('Moves to a record; an index that is out of bounds is refused when a field is read or written.')}
      seek(index‹: number›)‹: this› {
        this.#index = index
        return this
      }

      ${schema.fields.map((field) => propertyOf(field, code))}
    }
  `
}

function propertyOf(field: SchemaField, code: Code): string {
  const { property } = field
  const valueType = tsTypeOf(field)
  return code`
    ${propertyDoc(field)}
    get ${property}()‹: ${valueType}› { return this.#store.${accessorName('get', property)}(this.#index) }
    set ${property}(value‹: ${valueType}›) { this.#store.${accessorName('set', property)}(this.#index, value) }
  `
}

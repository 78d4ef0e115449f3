/** The doc comments of a field and of its accessors: what an editor shows where a program names them. */
import { describeType } from '../../schema/field-types.ts'
import type { SchemaField } from '../../schema/schema.ts'
import { docComment } from '../code.ts'

/** Of a property that holds the field's value. */
export function propertyDoc(field: SchemaField): string {
  return ownDocFirst(field, describeType(field))
}

/** Of an accessor; `say` is given the field's name, type and size. */
export function accessorDoc(field: SchemaField, say: (field: string) => string): string {
  return ownDocFirst(field, say(`\`${field.property}\` (${describeType(field)})`))
}

/** The user's own text, our sentence, and then the user's block tags, which would take the sentence for theirs. */
function ownDocFirst({ doc = '' }: SchemaField, sentence: string): string {
  const lines = doc.split('\n')
  const firstTag = lines.findIndex((line) => /^\s*@\w/.test(line))
  const tagsStart = firstTag === -1 ? lines.length : firstTag
  const own = lines.slice(0, tagsStart).join('\n').trimEnd()
  const tags = lines.slice(tagsStart).join('\n')
  const isSentence = /^[^\n]*[.!?]$/.test(own)
  return isSentence ? docComment(`${own} ${sentence}.`, tags) : docComment(own, `${sentence}.`, tags)
}

/** The doc comments of a field and of its accessors, which editors show. */
import { describeType } from '../../schema/field-types.ts'
import type { SchemaField } from '../../schema/schema.ts'
import { docComment } from '../code.ts'

/** The doc comment of a property that holds the field's value. */
export function propertyDoc(field: SchemaField): string {
  return ownDocFirst(field, describeType(field))
}

/** The doc comment of an accessor; `say` gets the field's name, type and size. */
export function accessorDoc(field: SchemaField, say: (field: string) => string): string {
  return ownDocFirst(field, say(`\`${field.property}\` (${describeType(field)})`))
}

/** The user's own text, then our sentence, then the user's block tags: after a tag, the sentence would belong to the tag. */
function ownDocFirst({ doc = '' }: SchemaField, sentence: string): string {
  const lines = doc.split('\n')
  const firstTag = lines.findIndex((line) => /^\s*@\w/.test(line))
  const tagsStart = firstTag === -1 ? lines.length : firstTag
  const own = lines.slice(0, tagsStart).join('\n').trimEnd()
  const tags = lines.slice(tagsStart).join('\n')
  const isSentence = /^[^\n]*[.!?]$/.test(own)
  return isSentence ? docComment(`${own} ${sentence}.`, tags) : docComment(own, `${sentence}.`, tags)
}

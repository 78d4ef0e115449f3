/** A schema as a user would write it: an annotated interface. */
import { isEnum, isSized, tsTypeOf } from '../../src/schema/field-types.ts'
import type { Schema, SchemaField } from '../../src/schema/schema.ts'

/** The source of a file with one record, from which the generator makes the schema. */
export function annotatedText(schema: Schema): string {
  const types = [...new Set(schema.fields.map(({ type }) => type).filter((type) => !isEnum(type)))].sort()
  return [
    `import type { ${types.join(', ')} } from 'mmapforge'`,
    '',
    ...comment(schema.doc, `@mmapforge version=${schema.version}`),
    `export interface ${schema.name} {`,
    ...schema.fields.flatMap((field) => fieldLines(field).map((line) => `  ${line}`)),
    '}',
    '',
  ].join('\n')
}

function fieldLines(field: SchemaField): string[] {
  const { property, name, type, maxBytes, doc } = field
  return [
    ...comment(doc, name === property ? undefined : `@mmap ${name}`),
    `${property}: ${isSized(type) ? `${type}<${maxBytes}>` : isEnum(type) ? tsTypeOf(field) : type}`,
  ]
}

function comment(doc: string | undefined, tag: string | undefined): string[] {
  const parts = [doc, tag].filter((part) => part !== undefined)
  if (parts.length === 0) return []
  return [
    '/**',
    ...parts
      .join('\n\n')
      .split('\n')
      .map((line) => ` * ${line}`.trimEnd()),
    ' */',
  ]
}

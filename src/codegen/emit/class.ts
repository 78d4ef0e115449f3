/** A store class and its cursor, as source text. */
import { layoutOf } from '../../schema/layout.ts'
import type { Schema } from '../../schema/schema.ts'
import { type Code, docComment, typescript } from '../code.ts'
import type { Declaration } from '../kinds/kind.ts'
import { cursorMethod, emitCursor } from './cursor.ts'
import { fieldMethods } from './field-methods.ts'
import { namesOf } from './names.ts'
import { recordMethods } from './record-methods.ts'
import { besideOthers, RecordText } from './record-text.ts'
import { takingMethods } from './taking-methods.ts'

export interface EmittedClass {
  readonly text: string
  /** Names that the class imports from the runtime. */
  readonly imports: ReadonlySet<string>
  /** Functions that the class calls, for its module to declare. */
  readonly functions: readonly Declaration[]
  /** Names that the class declares in its module. */
  readonly declares: readonly string[]
}

export function emitClass(schema: Schema, code: Code): EmittedClass {
  const { className, recordType, definition, cursorName } = namesOf(schema)
  const layout = layoutOf(schema)
  const text = new RecordText(schema.name, layout, code)
  const methods = [
    ...recordMethods(text, recordType),
    cursorMethod(schema, code),
    ...layout.fields.flatMap((field) => fieldMethods(text, field)),
    ...takingMethods(text),
  ]
  const constants = layout.fields.flatMap((field) => text.statements(field, besideOthers).constants)
  const imports = new Set(['RecordStore', 'ThreadBound', 'makeScan', ...text.imports])
  if (code === typescript) for (const name of ['type Columns', 'type StoreOpener']) imports.add(name)
  return {
    // The type of `definition` uses only names that are imported anyway: otherwise tsc can't emit a declaration file.
    text: code`
      ${constants.map((constant) => constant.text)}

      ${docComment(`A store of {@link ${recordType}} records in a memory-mapped file.`, schema.doc)}
      ‹export ›class ${className} extends RecordStore‹<${recordType}>› {
        static ‹readonly ›definition‹: ReturnType<typeof defineRecord>› = ${definition}
        static ‹readonly ›makeScan‹: typeof makeScan› = makeScan
        ‹static override readonly create: StoreOpener<'create', ${className}> = super.create›
        ‹static override readonly open: StoreOpener<'open', ${className}> = super.open›
        ‹static override readonly openOrCreate: StoreOpener<'openOrCreate', ${className}> = super.openOrCreate›
        ‹static override readonly openWhenReady: StoreOpener<'openWhenReady', ${className}> = super.openWhenReady›

        ${methods.join('\n\n')}
      }

      ${emitCursor(schema, code)}
    `,
    imports,
    functions: [...text.functions.values()],
    declares: [className, recordType, definition, cursorName, ...constants.map(({ name }) => name)],
  }
}

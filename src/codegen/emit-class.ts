/** One store class as source text: the accessors of its fields and the whole-record methods. */
import { accessorName } from '../schema/accessor-names.ts'
import { fieldTypeOf, isSized, TS_TYPES, type ViewName } from '../schema/field-types.ts'
import type { Layout, LayoutField } from '../schema/layout.ts'
import { COUNTER_OFFSET_BYTES } from '../schema/layout.ts'
import type { Schema } from '../schema/schema.ts'
import {
  elementIndex,
  fieldStatements,
  type RecordContext,
  type Typed,
  textConstant,
  valueName,
} from './emit-field.ts'
import { block, docComment, guard, indent } from './source-text.ts'

export interface EmittedClass {
  readonly className: string
  readonly lines: readonly string[]
  /** Names that the class uses from the runtime. */
  readonly imports: ReadonlySet<string>
}

/** Names that follow from a record's: `Tick` makes `TickStore`, `TickRecord` and `tickDefinition`. */
export function namesOf({ name }: Schema): { className: string; recordType: string; prefix: string } {
  const prefix = name.charAt(0).toLowerCase() + name.slice(1)
  return { className: `${name}Store`, recordType: `${name}Record`, prefix }
}

/** @param typed keeps type syntax for TypeScript, drops it for JavaScript */
export function emitClass(schema: Schema, layout: Layout, typed: Typed): EmittedClass {
  return new ClassEmitter(schema, layout, typed).emit()
}

class ClassEmitter {
  private readonly schema: Schema
  private readonly fields: readonly LayoutField[]
  private readonly context: RecordContext
  private readonly typed: Typed
  private readonly imports = new Set(['RecordStore', 'beginRead', 'beginWrite', 'endRead', 'endWrite'])

  constructor(schema: Schema, layout: Layout, typed: Typed) {
    this.schema = schema
    this.fields = layout.fields
    this.typed = typed
    this.context = { recordSizeBytes: layout.recordSizeBytes, prefix: namesOf(schema).prefix, typed }
  }

  emit(): EmittedClass {
    const { className, recordType, prefix } = namesOf(this.schema)
    const { typed, imports } = this
    const members = [
      [`static readonly definition = ${prefix}Definition`.replace('readonly ', typed('readonly '))],
      ...this.wholeRecord(recordType),
      ...this.fields.flatMap((field) => this.accessors(field)),
    ]
    const lines = [
      ...this.fields
        .filter((field) => fieldTypeOf(field.type).codec === 'text')
        .map((field) => this.text(field)),
      '',
      ...docComment([`A store of {@link ${recordType}} records in a memory-mapped file.`, this.schema.doc]),
      `export class ${className} extends RecordStore${typed(`<${recordType}>`)} {`,
      ...members.flatMap((member, i) => (i === 0 ? indent(member) : ['', ...indent(member)])),
      '}',
    ]
    return {
      className,
      lines: typed('export') === '' ? lines.map((line) => line.replace(/^export /, '')) : lines,
      imports,
    }
  }

  private text(field: LayoutField): string {
    return `const ${textConstant(this.context.prefix, field)} = new TextField(${field.maxBytes})`
  }

  // ---- whole records

  private wholeRecord(recordType: string): string[][] {
    const { typed } = this
    const override = typed('override ')
    return [
      this.read(`${override}get(index${typed(': number')})${typed(`: ${recordType}`)}`, this.fields, [
        'return {',
        ...this.fields.map((field) => `  ${field.property}: ${this.statements(field).value},`),
        '}',
      ]),
      [
        `${override}set(index${typed(': number')}, record${typed(`: Readonly<${recordType}>`)})${typed(': void')} {`,
        ...indent([...this.checkWritable(), 'this.write(index, record)']),
        '}',
      ],
      [
        `${override}append(record${typed(`?: Readonly<${recordType}>`)})${typed(': number')} {`,
        '  return this.publish(record === undefined ? this.claim(Infinity) : this.write(Infinity, record))',
        '}',
      ],
      this.write(recordType),
      this.update(recordType),
    ]
  }

  /** `set` and `append` share it; an append comes with the index Infinity and gets its own once the record is sound. */
  private write(recordType: string): string[] {
    const { typed } = this
    const body = [
      "if (typeof record !== 'object' || record === null) this.refuseRecord(record)",
      ...this.fields.map((field) => `const ${valueName(field)} = record.${field.property}`),
      ...this.fields.flatMap((field) => this.refuse(field, 'place')),
      // Reading the record may have run code of the caller's, so what was checked before is checked again.
      'const index = place < this.writableCount ? place : this.claim(place)',
      ...this.locals(this.fields),
      ...this.between(this.fields.flatMap((field) => this.statements(field).store)),
      'return index',
    ]
    return [
      `${typed('private ')}write(place${typed(': number')}, record${typed(`: Readonly<${recordType}>`)})${typed(': number')} {`,
      ...indent(body),
      '}',
    ]
  }

  private update(recordType: string): string[] {
    const { typed } = this
    const isGiven = (field: LayoutField) => `${valueName(field)} !== undefined`
    const body = [
      "if (typeof patch !== 'object' || patch === null) this.refuseRecord(patch)",
      ...this.fields.map((field) => `const ${valueName(field)} = patch.${field.property}`),
      ...this.fields.flatMap((field) => this.refuseGiven(field)),
      ...block(
        this.fields.map((field) => `${valueName(field)} === undefined`),
        '&&',
        ['this.checkPatch(index, patch)', 'return'],
      ),
      ...this.checkWritable(),
      ...this.locals(this.fields),
      ...this.between(
        this.fields.flatMap((field) => [
          `if (${isGiven(field)}) {`,
          ...indent(this.statements(field).store),
          '}',
        ]),
      ),
    ]
    return [
      `${typed('override ')}update(index${typed(': number')}, patch${typed(`: Readonly<Partial<${recordType}>>`)})${typed(': void')} {`,
      ...indent(body),
      '}',
    ]
  }

  // ---- single fields

  private accessors(field: LayoutField): string[][] {
    const { property, type } = field
    const { typed } = this
    const valueType = TS_TYPES[fieldTypeOf(type).codec]
    const getter = this.read(
      `${accessorName('get', property)}(index${typed(': number')})${typed(`: ${valueType}`)}`,
      [field],
      [`return ${this.statements(field).value}`],
    )
    const setter = [
      `${accessorName('set', property)}(index${typed(': number')}, ${valueName(field)}${typed(`: ${valueType}`)})${typed(': void')} {`,
      ...indent([
        ...this.checkWritable(),
        ...this.refuse(field, 'index'),
        ...this.locals([field]),
        ...this.between(this.statements(field).store),
      ]),
      '}',
    ]
    const members = [
      [...docComment([field.doc]), ...getter],
      [...docComment([field.doc]), ...setter],
    ]
    if (isSized(type)) members.push(this.view(field))
    return members
  }

  private view({ property }: LayoutField): string[] {
    return [
      ...docComment([`The bytes of \`${property}\` in the file itself: live, not a snapshot.`]),
      `${accessorName('view', property)}(index${this.typed(': number')})${this.typed(': Uint8Array')} {`,
      `  return this.viewField(index, '${property}')`,
      '}',
    ]
  }

  // ---- the protocol

  private read(signature: string, fields: readonly LayoutField[], result: readonly string[]): string[] {
    const all = fields.map((field) => this.statements(field))
    return [
      `${signature} {`,
      ...indent([
        'if (!(index < this.readableCount && index >>> 0 === index)) this.missRead(index)',
        ...this.locals(fields),
        'for (let since = 0; ; since = this.retryRead(index, since)) {',
        ...indent([
          'const before = beginRead(i32, counter)',
          ...all.flatMap(({ load }) => load),
          'if (!endRead(i32, counter, before, fence)) continue',
          ...all.flatMap(({ judge }) => judge),
          ...result,
        ]),
        '}',
      ]),
      '}',
    ]
  }

  private checkWritable(): string[] {
    return ['if (!(index < this.writableCount && index >>> 0 === index)) this.missWrite(index)']
  }

  /** After every check: what a check may replace, a growing file's views, must not be held across it. */
  private locals(fields: readonly LayoutField[]): string[] {
    const views = new Set<ViewName>(['i32', ...fields.flatMap((field) => this.statements(field).views)])
    return [
      `const { ${[...views].join(', ')}, fence } = this`,
      `const counter = ${elementIndex(this.context, 'i32', COUNTER_OFFSET_BYTES)}`,
    ]
  }

  private between(store: readonly string[]): string[] {
    return [
      `let before = beginWrite(i32, counter, fence)`,
      'if ((before & 1) !== 0) before = this.retryWrite(index)',
      ...store,
      'endWrite(i32, counter, before, fence)',
    ]
  }

  private refuse(field: LayoutField, index: string): string[] {
    const { prepare, refuses } = this.statements(field)
    return [...prepare, ...guard(refuses, '||', this.refusal(field, index))]
  }

  private refuseGiven(field: LayoutField): string[] {
    const { prepare, refuses } = this.statements(field)
    const value = valueName(field)
    // What was not given is prepared as 0, which no field refuses.
    const given = prepare.map((line) => line.replace(' = ', ` = ${value} === undefined ? 0 : `))
    if (prepare.length > 0) return [...given, ...guard(refuses, '||', this.refusal(field, 'index'))]
    const refused = refuses.length === 1 ? refuses.join() : `(${refuses.join(' || ')})`
    return guard([`${value} !== undefined`, refused], '&&', this.refusal(field, 'index'))
  }

  private refusal(field: LayoutField, index: string): string {
    return `this.refuseValue(${index}, '${field.property}', ${valueName(field)})`
  }

  private statements(field: LayoutField): ReturnType<typeof fieldStatements> {
    const statements = fieldStatements(field, this.context)
    for (const name of statements.imports) this.imports.add(name)
    return statements
  }
}

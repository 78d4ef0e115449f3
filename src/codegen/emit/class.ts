/** One store class as source text: the accessors of its fields and the whole-record methods. */
import { accessorName } from '../../schema/accessor-names.ts'
import { extraAccessorsOf, type FieldTypeName, fieldTypeOf, TS_TYPES } from '../../schema/field-types.ts'
import type { Layout, LayoutField } from '../../schema/layout.ts'
import type { Schema } from '../../schema/schema.ts'
import { type Typed, valueName } from '../kinds/kind.ts'
import { comparison } from '../kinds/text.ts'
import { AtomicsEmitter } from './atomics.ts'
import { emitAppendRow } from './columns.ts'
import { cursorName, emitCursor } from './cursor.ts'
import { emitScanMethods, scanImports } from './scan.ts'
import { docComment, indent } from './source-text.ts'

/** Static methods that TypeScript is told once more, with the type of the store that they open. */
const OPENERS = ['create', 'open', 'openOrCreate'] as const

export interface EmittedClass {
  readonly className: string
  readonly lines: readonly string[]
  /** Names that the class uses from the runtime. */
  readonly imports: ReadonlySet<string>
  /** Types whose check the class calls: its module declares it. */
  readonly checked: ReadonlySet<FieldTypeName>
  /** Names that the class takes in its module. */
  readonly declares: readonly string[]
}

/** Names that follow from a record's: `Tick` makes `TickStore`, `TickRecord` and `TickDefinition`. */
export function namesOf({ name }: Schema): { className: string; recordType: string; definition: string } {
  return { className: `${name}Store`, recordType: `${name}Record`, definition: `${name}Definition` }
}

/** @param typed keeps type syntax for TypeScript, drops it for JavaScript */
export function emitClass(schema: Schema, layout: Layout, typed: Typed): EmittedClass {
  return new ClassEmitter(schema, layout, typed).emit()
}

class ClassEmitter extends AtomicsEmitter {
  private readonly schema: Schema
  private readonly fields: readonly LayoutField[]
  private readonly typed: Typed

  constructor(schema: Schema, layout: Layout, typed: Typed) {
    super({ recordSizeBytes: layout.recordSizeBytes, prefix: schema.name, typed })
    this.schema = schema
    this.fields = layout.fields
    this.typed = typed
    for (const name of ['RecordStore', 'APPEND', 'NOTHING', ...scanImports(typed)]) this.imports.add(name)
    if (typed('typed') !== '') for (const name of ['type Columns', 'type StoreOpener']) this.imports.add(name)
  }

  emit(): EmittedClass {
    const { className, recordType, definition } = namesOf(this.schema)
    const { typed, imports } = this
    const members = [
      // Named through what is imported anyway: without it, no declaration file can be made of the class.
      [
        `static ${typed('readonly ')}definition${typed(': ReturnType<typeof defineRecord>')} = ${definition}`,
        ...OPENERS.map((name) =>
          typed(`static override readonly ${name}: StoreOpener<${className}> = super.${name}`),
        ).filter((line) => line !== ''),
      ],
      ...this.wholeRecord(recordType),
      ...this.fields.flatMap((field) => this.accessors(field)),
    ]
    const constants = this.fields.flatMap((field) => this.statements(field).constants)
    const lines = [
      ...constants.map(({ name, value }) => `const ${name} = ${value}`),
      '',
      ...docComment([`A store of {@link ${recordType}} records in a memory-mapped file.`, this.schema.doc]),
      `${typed('export ')}class ${className} extends RecordStore${typed(`<${recordType}>`)} {`,
      ...members.flatMap((member, i) => (i === 0 ? indent(member) : ['', ...indent(member)])),
      '}',
    ]
    const cursor = emitCursor(this.schema, typed)
    const declares = [
      className,
      recordType,
      definition,
      cursorName(this.schema),
      ...constants.map(({ name }) => name),
    ]
    return { className, lines: [...lines, '', ...cursor], imports, checked: this.checked, declares }
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
      this.read(
        typed('override ') === ''
          ? 'getInto(index, target)'
          : `override getInto<T extends ${recordType}>(index: number, target: T): T`,
        this.fields,
        [
          "if (typeof target !== 'object' || target === null) this.refuseRecord(target)",
          ...this.fields.map((field) => `target.${field.property} = ${this.statements(field).value}`),
          'return target',
        ],
      ),
      [
        `${override}set(index${typed(': number')}, record${typed(`: Readonly<${recordType}>`)})${typed(': void')} {`,
        '  this.write(index, record)',
        '}',
      ],
      [
        `${override}append(record${typed(`?: Readonly<${recordType}>`)})${typed(': number')} {`,
        '  return this.publish(record === undefined ? this.claimNext() : this.write(APPEND, record))',
        '}',
      ],
      this.write(recordType),
      this.update(recordType),
      ...emitScanMethods(recordType, typed),
      emitAppendRow(recordType, this.fields, typed),
      [
        `cursor()${typed(`: ${cursorName(this.schema)}`)} {`,
        `  return new ${cursorName(this.schema)}(this)`,
        '}',
      ],
    ]
  }

  /**
   * `set` and `append` share it: the index comes last, since an append gets its own once the record is sound, and since
   * reading the record may run code of the caller's that closes the store.
   */
  private write(recordType: string): string[] {
    const { typed } = this
    const body = [
      'const given = record ?? NOTHING',
      ...this.fields.map((field) => `const ${valueName(field)} = given.${field.property}`),
      ...this.refuseAny(this.fields),
      "const isGood = typeof place === 'number' && place < this.writeLimit && place >>> 0 === place",
      // An index is a uint32 anyhow; saying so keeps the arithmetic on it in integers.
      'const index = (isGood ? place : this.claim(place)) >>> 0',
      ...this.consistentWrite(
        this.fields,
        this.fields.flatMap((field) => this.statements(field).store),
      ),
      'return index',
    ]
    return [
      `${typed('protected override ')}write(place${typed(': number')}, record${typed(`: Readonly<${recordType}>`)})${typed(': number')} {`,
      ...indent(body),
      '}',
    ]
  }

  private update(recordType: string): string[] {
    const { typed } = this
    const isGiven = (field: LayoutField) => `${valueName(field)} !== undefined`
    const body = [
      'const given = patch ?? NOTHING',
      ...this.fields.map((field) => `const ${valueName(field)} = given.${field.property}`),
      ...this.refuseAnyGiven(this.fields),
      ...this.checkWritable(this.fields),
      ...this.consistentWrite(
        this.fields,
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
        ...this.refuse(field, 'index'),
        ...this.checkWritable([field]),
        ...this.consistentWrite([field], this.statements(field).store),
      ]),
      '}',
    ]
    const members = [
      [...docComment([field.doc]), ...getter],
      [...docComment([field.doc]), ...setter],
    ]
    return [...members, ...extraAccessorsOf(type).map((kind) => this[kind](field))]
  }

  protected equals(field: LayoutField): string[] {
    const { typed } = this
    const name = accessorName('equals', field.property)
    return [
      ...docComment([`Whether \`${field.property}\` is \`text\`, without decoding it.`]),
      ...this.read(
        `${name}(index${typed(': number')}, text${typed(': string')})${typed(': boolean')}`,
        [field],
        ['return isEqual'],
        comparison(field, this.context),
      ),
    ]
  }

  protected view({ property }: LayoutField): string[] {
    return [
      ...docComment([`The bytes of \`${property}\` in the file itself: live, not a snapshot.`]),
      `${accessorName('view', property)}(index${this.typed(': number')})${this.typed(': Uint8Array')} {`,
      `  return this.viewField(index, '${property}')`,
      '}',
    ]
  }
}

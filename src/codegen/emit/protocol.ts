/** The read and write protocol as source text: what every accessor has around the statements of its fields. */
import { type FieldTypeName, isSized, type ViewName } from '../../schema/field-types.ts'
import { COUNTER_OFFSET_BYTES, type LayoutField, wordsOf } from '../../schema/layout.ts'
import { elementIndex, type FieldStatements, type RecordContext, valueName } from '../kinds/kind.ts'
import { kindOf } from '../kinds/kinds.ts'
import { block, declaration, group, guard, indent, READ_COLUMNS } from './source-text.ts'

/** Declares those locals that `lines` use: `at8` is where record `index` starts, in elements of 8 bytes. */
export function baseDeclarations(recordSizeBytes: number, lines: readonly string[]): string[] {
  const text = lines.join('\n')
  return [1, 2, 4, 8]
    .filter((bytes) => new RegExp(`\\bat${bytes} \\+`).test(text))
    .map((bytes) => `const at${bytes} = index * ${recordSizeBytes / bytes}`)
}

/** A value that one or two stores of numbers make: they need an image of the record only if both of the two count. */
function isOneNumber({ type }: LayoutField): boolean {
  return !isSized(type)
}

export abstract class ProtocolEmitter {
  protected readonly context: RecordContext
  /** Names that the emitted text uses from the runtime. */
  protected readonly imports = new Set(['beginRead', 'beginWrite', 'endRead', 'endWrite'])

  /** Types whose check the emitted text calls. */
  protected readonly checked = new Set<FieldTypeName>()

  constructor(context: RecordContext) {
    this.context = context
  }

  /** A method that reads some fields in one consistent snapshot; `result` makes its value of theirs. */
  protected read(
    signature: string,
    fields: readonly LayoutField[],
    result: readonly string[],
    instead?: Pick<FieldStatements, 'prepare' | 'load'>,
  ): string[] {
    const all = instead === undefined ? fields.map((field) => this.statements(field)) : [instead]
    return [
      `${signature} {`,
      ...indent([
        ...this.checkIndex('readLimit', 'missRead(index)'),
        ...(instead?.prepare ?? []),
        ...this.withLocals(fields, [
          'for (let since = 0; ; since = this.retryRead(index, since)) {',
          ...indent([
            'const before = beginRead(i32, counter)',
            ...all.flatMap(({ load }) => load),
            'if (!endRead(i32, counter, before, fence)) continue',
            ...(instead === undefined ? fields.flatMap((field) => this.judge(field)) : []),
            ...result,
          ]),
          '}',
        ]),
      ]),
      '}',
    ]
  }

  /** Before a write of some fields of a record. */
  protected checkWritable(fields: readonly LayoutField[]): string[] {
    const [field, ...others] = fields
    if (field === undefined || others.length > 0) return this.checkIndex('writeLimit', 'claim(index)')
    if (isOneNumber(field)) return this.checkIndex('storeLimit', 'missWrite(index)')
    const { start, length } = wordsOf(field)
    return this.checkIndex('writeLimit', `claimPart(index, ${start}, ${length})`)
  }

  private checkIndex(count: string, miss: string): string[] {
    const isGood = `typeof index === 'number' && index < this.${count} && index >>> 0 === index`
    return guard([`!(${isGood})`], '', `this.${miss}`)
  }

  /** Lines with the locals they use, after every check: views that a check may replace must not be held across it. */
  protected withLocals(fields: readonly LayoutField[], lines: readonly string[]): string[] {
    const views = new Set<ViewName>(['i32', ...fields.flatMap((field) => this.statements(field).views)])
    const counter = `const counter = ${elementIndex('i32', COUNTER_OFFSET_BYTES)}`
    return [
      `const { ${[...views].join(', ')}, fence } = this`,
      ...baseDeclarations(this.context.recordSizeBytes, [counter, ...lines]),
      counter,
      ...lines,
    ]
  }

  /** A consistent write of some fields; `stores` throw only where the stack is exhausted, which leaves the record torn. */
  protected consistentWrite(fields: readonly LayoutField[], stores: readonly string[]): string[] {
    return this.withLocals(fields, this.storing(fields, stores))
  }

  /** The part of a write that has its locals. */
  protected storing(fields: readonly LayoutField[], stores: readonly string[]): string[] {
    return [
      ...(fields.length === 1
        ? fields.flatMap((field) => this.statements(field).keepUndo).flatMap(brokenGuard)
        : []),
      'let before = beginWrite(i32, counter, fence)',
      'if (before & 1) before = this.retryWrite(index)',
      'try {',
      ...indent([...stores, 'endWrite(i32, counter, before, fence)']),
      '} catch (error) {',
      '  this.isTorn = true',
      '  throw error',
      '}',
    ]
  }

  /** Prepares a field's value, and refuses one that does not fit. */
  protected refuse(field: LayoutField, index: string): string[] {
    const { prepare, refuses } = this.statements(field)
    return [...prepare, ...guard([refuses], '', this.refusal(field, index))]
  }

  /** Prepares and checks the values of several fields: one call for all refusals keeps the method short. */
  protected refuseAny(fields: readonly LayoutField[]): string[] {
    const statements = fields.map((field) => this.statements(field))
    return [
      ...statements.flatMap(({ prepare }) => prepare),
      ...guard(
        statements.map(({ refuses }) => refuses),
        '||',
        'this.refuseFields(place, record)',
      ),
    ]
  }

  /** The same for a patch, whose values may be undefined: then they are not written. One that gives none is settled. */
  protected refuseAnyGiven(fields: readonly LayoutField[]): string[] {
    const isUnfit = fields.map((field) => {
      const { prepare, refuses } = this.statements(field)
      // What was not given is prepared as 0, which no field refuses; undefined itself is refused by every other check.
      return prepare.length > 0 || fields.length === 1
        ? refuses
        : `(${valueName(field)} !== undefined && ${refuses})`
    })
    const isEmpty = fields.map((field) => `${valueName(field)} === undefined`)
    const prepare = fields.flatMap((field) =>
      this.statements(field).prepare.flatMap((line) =>
        declaration(line.replace(' = ', ` = ${valueName(field)} === undefined ? 0 : `)),
      ),
    )
    const settle = ['this.finishPatch(index, patch)', 'return']
    return [...prepare, ...block([group(isEmpty, '&&'), ...isUnfit], '||', settle)]
  }

  protected refusal(field: LayoutField, index: string, value = valueName(field)): string {
    return `this.refuseValue(${index}, '${field.property}', ${value})`
  }

  protected statements(field: LayoutField): FieldStatements {
    return this.used(field, kindOf(field).statements(field, this.context))
  }

  /** Those that load what the field holds beside a new value of it. */
  protected storedStatements(field: LayoutField): FieldStatements {
    return this.used(field, kindOf(field).statements(field, { ...this.context, isStored: true }))
  }

  /** After a consistent read: derives the value, and refuses what is none. */
  protected judge(field: LayoutField, statements = this.statements(field), columns = READ_COLUMNS): string[] {
    const { derive, unfit, value, stored } = statements
    if (unfit.length === 0) return []
    const refusal = `this.refuseStored(index, '${field.property}', ${stored})`
    // The compiler is to see that what is undefined goes no further.
    const action = unfit.includes(`${value} === undefined`) ? `return ${refusal}` : refusal
    return [...derive, ...guard(unfit, '||', action, columns)]
  }

  private used(field: LayoutField, statements: FieldStatements): FieldStatements {
    for (const name of statements.imports) this.imports.add(name)
    if (kindOf(field).check !== undefined) this.checked.add(field.type)
    return statements
  }
}

function brokenGuard(line: string): string[] {
  const [, condition, action] = /^if \((.*)\) (this\..*)$/.exec(line) as unknown as [string, string, string]
  return guard([condition], '', action)
}

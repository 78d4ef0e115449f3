/** The read and write protocol as source text: what every accessor has around the statements of its fields. */
import type { ViewName } from '../schema/field-types.ts'
import { COUNTER_OFFSET_BYTES, type LayoutField } from '../schema/layout.ts'
import {
  elementIndex,
  type FieldStatements,
  fieldStatements,
  type RecordContext,
  valueName,
} from './emit-field.ts'
import { guard, indent } from './source-text.ts'

export abstract class ProtocolEmitter {
  protected readonly context: RecordContext
  /** Names that the emitted text uses from the runtime. */
  protected readonly imports = new Set(['beginRead', 'beginWrite', 'endRead', 'endWrite'])

  constructor(context: RecordContext) {
    this.context = context
  }

  /** A method that reads some fields in one consistent snapshot; `result` makes its value of theirs. */
  protected read(
    signature: string,
    fields: readonly LayoutField[],
    result: readonly string[],
    instead?: Pick<FieldStatements, 'prepare' | 'load' | 'judge'>,
  ): string[] {
    const all = instead === undefined ? fields.map((field) => this.statements(field)) : [instead]
    return [
      `${signature} {`,
      ...indent([
        ...this.checkIndex('readableCount', 'missRead'),
        ...(instead?.prepare ?? []),
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

  protected checkWritable(): string[] {
    return this.checkIndex('writableCount', 'missWrite')
  }

  private checkIndex(count: string, miss: string): string[] {
    const isGood = `typeof index === 'number' && index < this.${count} && index >>> 0 === index`
    return guard([`!(${isGood})`], '', `this.${miss}(index)`)
  }

  /** After every check: what a check may replace, a growing file's views, must not be held across it. */
  protected locals(fields: readonly LayoutField[]): string[] {
    const views = new Set<ViewName>(['i32', ...fields.flatMap((field) => this.statements(field).views)])
    return [
      `const { ${[...views].join(', ')}, fence } = this`,
      `const counter = ${elementIndex(this.context, 'i32', COUNTER_OFFSET_BYTES)}`,
    ]
  }

  /** A consistent write around statements that throw only where the stack is exhausted, which leaves the record torn. */
  protected between(store: readonly string[]): string[] {
    return [
      `let before = beginWrite(i32, counter, fence)`,
      'if ((before & 1) !== 0) before = this.retryWrite(index)',
      'try {',
      ...indent([...store, 'endWrite(i32, counter, before, fence)']),
      '} catch (error) {',
      '  this.isTorn = true',
      '  throw error',
      '}',
    ]
  }

  /** Prepares a field's value, and refuses one that does not fit. */
  protected refuse(field: LayoutField, index: string): string[] {
    const { prepare, refuses } = this.statements(field)
    return [...prepare, ...guard(refuses, '||', this.refusal(field, index))]
  }

  /** The same for a value that may be undefined, which then is not written. */
  protected refuseGiven(field: LayoutField): string[] {
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

  protected statements(field: LayoutField): FieldStatements {
    const statements = fieldStatements(field, this.context)
    for (const name of statements.imports) this.imports.add(name)
    return statements
  }
}

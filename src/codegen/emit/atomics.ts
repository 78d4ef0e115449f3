/** The accessors that read a field and write it in one step, as source text. */
import { type AccessorKind, accessorName } from '../../schema/accessor-names.ts'
import { fieldTypeOf, TS_TYPES } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import { valueName } from '../kinds/kind.ts'
import { kindOf } from '../kinds/kinds.ts'
import { ProtocolEmitter } from './protocol.ts'
import { docComment, guard, indent, STATEMENT_COLUMNS, signature } from './source-text.ts'

export abstract class AtomicsEmitter extends ProtocolEmitter {
  protected add(field: LayoutField): string[] {
    const { codec, view } = fieldTypeOf(field.type)
    const { refusesDelta } = kindOf(field)
    const type = this.context.typed(`: ${TS_TYPES[codec]}`)
    const sum = valueName(field)
    const stored = this.storedStatements(field)
    const { refuses, store } = this.statements(field)
    return [
      ...docComment([
        `Adds to \`${field.property}\` in one step, which no other writer comes between; gives the new value.`,
      ]),
      ...this.atomic('add', field, [`delta${type}`], type, [
        ...guard([refusesDelta as string], '', `this.refuseDelta(index, '${field.property}', delta)`),
        ...this.checkWritable([field]),
        ...this.withLocals(
          [field],
          [
            ...stored.load,
            ...this.judge(field, stored, STATEMENT_COLUMNS),
            `const ${sum} = ${stored.value} + delta`,
            ...guard([refuses], '', `this.refuseSum(index, '${field.property}', ${sum})`),
            ...this.storing([field], store),
            `return ${view === 'f32' ? `Math.fround(${sum})` : sum}`,
          ],
        ),
      ]),
    ]
  }

  protected compareAndSet(field: LayoutField): string[] {
    const { typed } = this.context
    const { codec } = fieldTypeOf(field.type)
    const type = typed(`: ${TS_TYPES[codec]}`)
    const value = valueName(field)
    const stored = this.storedStatements(field)
    const isOther = codec === 'bool' ? `(${stored.value}) !== expected` : `${stored.value} !== expected`
    return [
      ...docComment([
        `Sets \`${field.property}\` if it is \`expected\`, in one step, which no other writer comes between; tells whether it was.`,
      ]),
      ...this.atomic('compareAndSet', field, [`expected${type}`, `${value}${type}`], typed(': boolean'), [
        ...guard([`typeof expected !== '${TS_TYPES[codec]}'`], '', this.refusal(field, 'index', 'expected')),
        ...this.refuse(field, 'index'),
        ...this.checkWritable([field]),
        ...this.withLocals(
          [field],
          [
            ...stored.load,
            ...this.judge(field, stored, STATEMENT_COLUMNS),
            `if (${isOther}) {`,
            '  this.cancelWrite(index)',
            '  return false',
            '}',
            ...this.statements(field).prepareAgain,
            ...this.storing([field], this.statements(field).store),
            'return true',
          ],
        ),
      ]),
    ]
  }

  private atomic(
    kind: AccessorKind,
    { property }: LayoutField,
    parameters: readonly string[],
    result: string,
    body: readonly string[],
  ): string[] {
    const index = `index${this.context.typed(': number')}`
    return [...signature(accessorName(kind, property), [index, ...parameters], result), ...indent(body), '}']
  }
}

/** The methods of a store class for one field, as source text. */
import { type AccessorKind, accessorName } from '../../schema/accessor-names.ts'
import { type ExtraAccessor, extraAccessorsOf, fieldTypeOf, tsTypeOf } from '../../schema/field-types.ts'
import type { LayoutField } from '../../schema/layout.ts'
import type { FieldStatements } from '../kinds/kind.ts'
import { kindOf } from '../kinds/kinds.ts'
import { comparison } from '../kinds/text.ts'
import { accessorDoc } from './field-doc.ts'
import { alone, held, type RecordText } from './record-text.ts'

export function fieldMethods(text: RecordText, field: LayoutField): string[] {
  const methods = new FieldMethods(text, field)
  const extra = extraAccessorsOf(field.type)
  return [
    methods.get(),
    methods.set(),
    ...extra.map((kind) => methods[kind]()),
    ...(extra.some((kind) => STORING.includes(kind)) ? [methods.put()] : []),
  ]
}

/** The accessors that store through a method of their own, after checks that a setter does not make. */
const STORING: readonly ExtraAccessor[] = ['add', 'compareAndSet']

class FieldMethods {
  readonly #text: RecordText
  readonly #field: LayoutField
  readonly #type: string
  /** The statements of a new value, and those of the present value beside a new one. */
  readonly #own: FieldStatements
  readonly #held: FieldStatements

  constructor(text: RecordText, field: LayoutField) {
    this.#text = text
    this.#field = field
    this.#type = tsTypeOf(field)
    this.#own = text.statements(field, alone, 'write')
    this.#held = text.statements(field, held, 'before')
  }

  get(): string {
    return this.#text.code`
      ${this.#doc((field) => `Reads ${field}`)}
      ${this.#name('get')}(index‹: number›)‹: ${this.#type}› {
        ${this.#text.checkIndex('readLimit', 'missRead(index)')}
        ${this.#text.readFields([this.#field], alone, ([value]) => `return ${value}`)}
      }
    `
  }

  set(): string {
    return this.#text.code`
      ${this.#doc((field) => `Writes ${field}`)}
      ${this.#name('set')}(index‹: number›, value‹: ${this.#type}›)‹: void› {
        ${this.#prepare()}
        ${this.#text.write([this.#field], [this.#own], [this.#own.store])}
      }
    `
  }

  view(): string {
    const { property } = this.#field
    return this.#text.code`
      ${this.#doc((field) => `The bytes of ${field} in the file itself: live, not a snapshot`)}
      ${this.#name('view')}(index‹: number›)‹: Uint8Array› { return this.viewField(index, '${property}') }
    `
  }

  equals(): string {
    const { prepare, load } = comparison(this.#field, this.#text.context(this.#field, alone))
    return this.#text.code`
      ${this.#doc((field) => `Whether ${field} is \`text\`, without decoding it`)}
      ${this.#name('equals')}(index‹: number›, text‹: string›)‹: boolean› {
        ${this.#text.checkIndex('readLimit', 'missRead(index)')}
        ${prepare}
        ${this.#text.read([this.#own], [load], [], 'return isEqual')}
      }
    `
  }

  add(): string {
    const { property, type } = this.#field
    // If a check of the type alone is enough, every sum fits.
    const { refuses, functions } = this.#own
    return this.#text.code`
      ${this.#doc((field) => `Atomically adds to ${field}; returns the new value`)}
      ${this.#name('add')}(index‹: number›, delta‹: ${this.#type}›)‹: ${this.#type}› {
        if (${kindOf(this.#field).refusesDelta as string}) this.refuseDelta(index, '${property}', delta)
        ${this.#checkStable()}
        ${this.#loadHeld()}
        const value = ${this.#held.value} + delta
        ${functions.length === 0 ? '' : `if (${refuses}) this.refuseSum(index, '${property}', value)`}
        ${this.#callPut()}
        return ${fieldTypeOf(type).view === 'f32' ? 'Math.fround(value)' : 'value'}
      }
    `
  }

  compareAndSet(): string {
    const { property } = this.#field
    const type = this.#type
    const { value } = this.#held
    const comparison = this.#held.comparison ?? {
      prepare: '',
      refuses: `typeof expected !== '${type}'`,
      isOther: `${/^\w+$/.test(value) ? value : `(${value})`} !== expected`,
    }
    return this.#text.code`
      ${this.#doc((field) => `Atomically sets ${field} if it is \`expected\`; returns whether it was`)}
      ${this.#name('compareAndSet')}(index‹: number›, expected‹: ${type}›, value‹: ${type}›)‹: boolean› {
        ${comparison.prepare}
        if (${comparison.refuses}) this.refuseValue(index, '${property}', expected)
        ${this.#prepare()}
        ${this.#checkStable()}
        ${this.#loadHeld()}
        if (${comparison.isOther}) return this.cancelWrite(index)
        ${this.#callPut()}
        return true
      }
    `
  }

  /** Stores a value that was prepared and checked, in a record that this writer has taken. */
  put(): string {
    const { name, type } = this.#own.prepared
    return this.#text.code`
      ${this.#putName()}(index‹: number›, ${name}‹: ${type}›)‹: void› {
        ${this.#text.writeField(this.#field, [this.#own], [this.#own.store])}
      }
    `
  }

  #doc(say: (field: string) => string): string {
    return accessorDoc(this.#field, say)
  }

  #name(kind: AccessorKind): string {
    return accessorName(kind, this.#field.property)
  }

  /** Private, so that it can't collide with another field's accessors. */
  #putName(): string {
    const { property } = this.#field
    return `#put${property.charAt(0).toUpperCase()}${property.slice(1)}`
  }

  #callPut(): string {
    return `this.${this.#putName()}(index, ${this.#own.prepared.name})`
  }

  /** Prepares the new value, and refuses a value that does not fit. */
  #prepare(): string {
    const { prepared, refuses } = this.#own
    return this.#text.code`
      ${prepared.from === undefined ? '' : `const ${prepared.name} = ${prepared.from}`}
      if (${refuses}) this.refuseValue(index, '${this.#field.property}', value)
    `
  }

  #checkStable(): string {
    return this.#text.checkStable(this.#field)
  }

  /** Loads what the field holds, in a record that this writer has taken. */
  #loadHeld(): string {
    return this.#text.code`
      ${this.#held.load}
      ${this.#text.judge(this.#field, this.#held)}
    `
  }
}

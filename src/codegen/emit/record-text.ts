/** The parts of the text of every accessor, and what they need from the module around them. */
import { HEADER_SIZE_BYTES } from '../../format/header.ts'
import { NO_IMAGE } from '../../format/journal.ts'
import { isSized, VIEW_BYTES, type ViewName } from '../../schema/field-types.ts'
import { COUNTER_OFFSET_BYTES, type Layout, type LayoutField, wordsOf } from '../../schema/layout.ts'
import { areImagesWhole, SLOT_STATE } from '../../writers/slot.ts'
import type { Code } from '../code.ts'
import type { Declaration, FieldContext, FieldStatements } from '../kinds/kind.ts'
import { kindOf } from '../kinds/kinds.ts'

/** The prefix of a field's local variables: its property beside other fields, nothing if it is the only one. */
export type LocalsOf = (field: LayoutField) => string

export const besideOthers: LocalsOf = ({ property }) => property
export const alone: LocalsOf = () => ''
/** For the present value of a field, beside a new one. */
export const held: LocalsOf = () => 'stored'

/**
 * Where the statements of a field are, and so how they reach its bytes: within a read, from the index; within a write, from
 * local variables made before it, since compilers would repeat the multiplications; before a write, without any locals.
 */
type Place = 'read' | 'write' | 'before'

/** A method of the class that takes a record: without an image, with one of the whole record, or with one of a part. */
export type TakingMethod = 'takeNumber' | 'takeRecord' | 'takePart'

/** The words of a record that a write changes, as expressions. */
export interface Part {
  readonly start: string
  readonly end: string
}

export class RecordText {
  readonly code: Code
  readonly recordName: string
  readonly fields: readonly LayoutField[]
  /** Names that the text imports from the runtime. */
  readonly imports = new Set<string>()
  /** Functions that the text calls, by name; all classes of a module share them. */
  readonly functions = new Map<string, Declaration>()
  /** The methods for taking a record that the text calls. */
  readonly taking = new Set<TakingMethod>()
  readonly recordSizeBytes: number

  constructor(recordName: string, { fields, recordSizeBytes }: Layout, code: Code) {
    this.recordName = recordName
    this.fields = fields
    this.recordSizeBytes = recordSizeBytes
    this.code = code
  }

  context(field: LayoutField, locals: LocalsOf, place: Place = 'read'): FieldContext {
    const { code } = this
    const start = locals(field)
    const { property } = field
    const viewOf = (view: ViewName): string => (place === 'before' ? `this.${view}` : view)
    const indexOf = (view: ViewName, offsetBytes: number): string =>
      place === 'write' ? this.#fromLocals(view, offsetBytes) : this.#fromIndex(view, offsetBytes)
    return {
      code,
      local: (suffix) => (start === '' ? suffix.toLowerCase() : start + suffix),
      constant: (suffix) =>
        `${this.recordName}${property.charAt(0).toUpperCase()}${property.slice(1)}${suffix}`,
      viewOf,
      indexOf,
      elementOf: (view, offsetBytes) => `${viewOf(view)}[${indexOf(view, offsetBytes)}]`,
    }
  }

  statements(field: LayoutField, locals: LocalsOf, place: Place = 'read'): FieldStatements {
    const textIn = (where: Place) => kindOf(field).statements(field, this.context(field, locals, where))
    const statements = textIn(place)
    for (const name of statements.imports) this.imports.add(name)
    for (const each of statements.functions) this.functions.set(each.name, each)
    // It stands before the write that the others are for.
    return place === 'write' ? { ...statements, isHalfMade: textIn('before').isHalfMade } : statements
  }

  #fromIndex(view: ViewName, offsetBytes: number): string {
    const bytes = VIEW_BYTES[view]
    return `index * ${this.recordSizeBytes / bytes} + ${(HEADER_SIZE_BYTES + offsetBytes) / bytes}`
  }

  /** From `counter`, or from `at8`, the start of the record in elements of 8 bytes. */
  #fromLocals(view: ViewName, offsetBytes: number): string {
    const bytes = VIEW_BYTES[view]
    if (bytes > VIEW_BYTES.i32) return `at8 + ${(HEADER_SIZE_BYTES + offsetBytes) / bytes}`
    const start = bytes === VIEW_BYTES.i32 ? 'counter' : `counter * ${VIEW_BYTES.i32 / bytes}`
    return `${start} + ${(offsetBytes - COUNTER_OFFSET_BYTES) / bytes}`
  }

  /** Each method looks the views up anew, and after every check, since a check may replace them. */
  views(statements: readonly FieldStatements[]): string {
    const names = new Set<ViewName>(['i32', ...statements.flatMap(({ views }) => views)])
    return `const { ${[...names].join(', ')}, fence } = this`
  }

  /** Index of the record's counter. */
  get counterIndex(): string {
    return this.#fromIndex('i32', COUNTER_OFFSET_BYTES)
  }

  counter(): string {
    return `const counter = ${this.counterIndex}`
  }

  /**
   * If the index is not below one of the limits, follows what other processes appended, or throws.
   *
   * @param orElse another condition, which holds only for an index that is below the limit
   */
  checkIndex(limit: string, miss: string, orElse = ''): string {
    return `if (!(${this.isBelow(limit)})${orElse}) this.${miss}`
  }

  /** Whether the index is one of a record below one of the limits. */
  isBelow(limit: string): string {
    return `typeof index === 'number' && index < this.${limit} && index >>> 0 === index`
  }

  /** Before a write that reads the field first: from here on, nobody else writes to the record, and it is not torn. */
  checkStable(field: LayoutField): string {
    const isMidWrite = this.code` || (this.i32[${this.counterIndex}]‹ as number›) & 1`
    // A field of one number needs no image here: if it takes two stores, and both change something, `keepUndo` keeps one.
    if (!isSized(field.type)) return this.checkIndex('storeLimit', 'missWrite(index)', isMidWrite)
    const { start, length } = wordsOf(field)
    return this.checkIndex('writeLimit', `claimPart(index, ${start}, ${length})`, isMidWrite)
  }

  /** The body of a write to a record that is not counted yet, and whose counter is 0. */
  writeNew(statements: readonly FieldStatements[], stores: readonly string[]): string {
    return this.#write(statements, stores, 'const before = beginWrite(i32, counter, fence)')
  }

  /** The body of a write to a record that has been taken, or that belongs to the only writer. */
  writeTaken(statements: readonly FieldStatements[], stores: readonly string[]): string {
    return this.#write(statements, stores, this.#beginTaken)
  }

  /** The body of a write to some fields of a record. */
  write(
    fields: readonly LayoutField[],
    statements: readonly FieldStatements[],
    stores: readonly string[],
    part?: Part,
  ): string {
    const [field, ...others] = fields
    if (field === undefined || others.length > 0) return this.#writeKeeping(statements, stores, part)
    if (isSized(field.type)) return this.#writeKeeping(statements, stores, partOf(field))
    this.taking.add('takeNumber')
    return this.code`
      ${this.checkIndex('storeLimit', 'takeNumber(index)')}
      ${this.writeField(field, statements, stores)}
    `
  }

  /** The body of a write to one field, of a record that has been taken, or that belongs to the only writer. */
  writeField(field: LayoutField, statements: readonly FieldStatements[], stores: readonly string[]): string {
    // A single store can't be torn; for a number that takes two, an image is kept only if both of them change something.
    const keepUndo = `this.keepUndo(index, ${wordsOf(field).start})`
    return this.code`
      ${statements.map(({ isHalfMade }) => (isHalfMade === '' ? '' : `if (${isHalfMade}) ${keepUndo}`))}
      ${this.writeTaken(statements, stores)}
    `
  }

  #writeKeeping(statements: readonly FieldStatements[], stores: readonly string[], part?: Part): string {
    const isWhole = part === undefined || areImagesWhole(this.recordSizeBytes)
    const take = isWhole ? 'takeRecord' : 'takePart'
    this.taking.add(take)
    const words = isWhole ? '' : `, ${part.start}, ${part.end}`
    const begin = this.code`
      let before = this.isGuarded ? this.${take}(index, i32, counter, slot${words}) : beginWrite(i32, counter, fence)
      if (before & 1) before = this.begin(index)
    `
    return this.code`
      ${this.checkIndex('beginLimit', 'prepare(index)')}
      ${this.#write(statements, stores, begin, `if (this.isGuarded) slot[${SLOT_STATE}] = ${NO_IMAGE}`)}
    `
  }

  get #beginTaken(): string {
    return this.code`
      let before = beginWrite(i32, counter, fence)
      if (before & 1) before = this.isShared ? before - 1 : this.beginTaken(index)
    `
  }

  /** After a consistent read: derives the value, and refuses bytes that are not a valid one. */
  judge({ property }: LayoutField, { derive, unfit, value, stored }: FieldStatements): string {
    if (unfit.length === 0) return derive
    const refusal = `this.refuseStored(index, '${property}', ${stored})`
    // `return` shows the TypeScript compiler that the value is not undefined below.
    const action = unfit.includes(`${value} === undefined`) ? `return ${refusal}` : refusal
    return this.code`
      ${derive}
      if (${unfit.join(' || ')}) ${action}
    `
  }

  /** The body of a method that reads some fields as one consistent snapshot; `result` makes its result of their values. */
  readFields(
    fields: readonly LayoutField[],
    locals: LocalsOf,
    result: (values: readonly string[]) => string,
  ): string {
    const all = fields.map((field) => this.statements(field, locals))
    return this.read(
      all,
      all.map(({ load }) => load),
      fields.map((field, i) => this.judge(field, all[i] as FieldStatements)),
      result(all.map(({ value }) => value)),
    )
  }

  /** The same for loads of any kind. */
  read(
    statements: readonly FieldStatements[],
    loads: readonly string[],
    judges: readonly string[],
    result: string,
  ): string {
    this.imports.add('beginRead').add('endRead')
    const isEnd = 'endRead(i32, counter, before, fence)'
    const isReturned = result.startsWith('return ') && judges.every((judge) => judge === '')
    return this.code`
      ${this.views(statements)}
      ${this.counter()}
      for (let since = 0; ; since = this.retryRead(index, since)) {
        const before = beginRead(i32, counter)
        ${loads}
        ${isReturned ? `if (${isEnd}) ${result}` : [`if (!${isEnd}) continue`, ...judges, result]}
      }
    `
  }

  /**
   * A consistent write, whose statements use local variables; `stores` throw only if the stack is exhausted, which leaves
   * the record torn.
   *
   * @param begin makes the counter odd, and declares `before`
   */
  #write(statements: readonly FieldStatements[], stores: readonly string[], begin: string, end = ''): string {
    this.imports.add('beginWrite').add('endWrite')
    const text = [begin, ...stores, end].join('\n')
    const views = new Set<ViewName>(['i32', ...statements.flatMap((each) => each.views)])
    const members = [...views, 'fence', 'slot'].filter((name) =>
      new RegExp(`(?<!\\.)\\b${name}\\b`).test(`${text} i32 fence`),
    )
    return this.code`
      const { ${members.join(', ')} } = this
      ${text.includes('at8 + ') ? `const at8 = index * ${this.recordSizeBytes / VIEW_BYTES.f64}` : ''}
      ${this.counter()}
      ${begin}
      try {
        ${stores}
        endWrite(i32, counter, before, fence)
      } catch (error) { this.isTorn = true; throw error }
      ${end}
    `
  }
}

function partOf(field: LayoutField): Part {
  const { start, length } = wordsOf(field)
  return { start: `${start}`, end: `${start + length}` }
}

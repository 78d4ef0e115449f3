/** The methods of a store class for whole records, as source text. */
import { tsTypeOf } from '../../schema/field-types.ts'
import { type LayoutField, wordsOf } from '../../schema/layout.ts'
import { inRows } from '../code.ts'
import type { FieldStatements } from '../kinds/kind.ts'
import { besideOthers, type Part, type RecordText } from './record-text.ts'

/** @param recordType the type of a record, `TickRecord` */
export function recordMethods(text: RecordText, recordType: string): string[] {
  const { code, fields } = text
  const all = fields.map((field) => text.statements(field, besideOthers, 'write'))
  const values = fields.map(({ property }) => `${property}Value`)
  /** What `make` makes of each field, each on its own line. */
  const each = (make: (property: string, value: string, statements: FieldStatements) => string): string[] =>
    fields.map(({ property }, i) => make(property, values[i] as string, all[i] as FieldStatements))
  const takeEach = (from: string) => inRows(each((property, value) => `const ${value} = ${from}.${property}`))
  const objectOf = (judged: readonly string[]) =>
    fields.map(({ property }, i) => `${property}: ${judged[i]}`).join(', ')
  text.imports.add('APPEND').add('NOTHING')

  const get = code`
    ‹override ›get(index‹: number›)‹: ${recordType}› {
      ${text.checkIndex('readLimit', 'missRead(index)')}
      ${text.readFields(fields, besideOthers, (judged) => `return { ${objectOf(judged)} }`)}
    }
  `
  const getInto = code`
    ‹override ›getInto‹<T extends ${recordType}>›(index‹: number›, target‹: T›)‹: T› {
      ${text.checkIndex('readLimit', 'missRead(index)')}
      ${text.readFields(
        fields,
        besideOthers,
        (judged) => code`
          if (typeof target !== 'object' || target === null) this.refuseRecord(target)
          ${inRows(fields.map(({ property }, i) => `target.${property} = ${judged[i]}`))}
          return target
        `,
      )}
    }
  `
  const append = code`
    ‹override ›append(record‹?: Readonly<${recordType}>›)‹: number› {
      return this.publish(record === undefined ? this.claimNext() : this.writeNext(record))
    }
  `
  const preparations = all.flatMap(({ prepared: { name, from } }) =>
    from === undefined ? [] : [`const ${name} = ${from}`],
  )
  const set = code`
    ‹override ›set(index‹: number›, record‹: Readonly<${recordType}>›)‹: void› {
      const given = record ?? NOTHING
      ${takeEach('given')}
      ${preparations}
      if (${all.map(({ refuses }) => refuses).join(' || ')}) this.refuseFields(index, record)
      ${text.write(
        fields,
        all,
        all.map(({ store }) => store),
      )}
    }
  `
  // The index is claimed last: only once the record is known to fit, and since reading the record may run code of the
  // caller's that closes the store. It is a uint32 anyway; `>>> 0` keeps the arithmetic on it in integers.
  const writeNext = code`
    ‹protected override ›writeNext(record‹: Readonly<${recordType}>›)‹: number› {
      const given = record ?? NOTHING
      ${takeEach('given')}
      ${preparations}
      if (${all.map(({ refuses }) => refuses).join(' || ')}) this.refuseFields(APPEND, record)
      const index = this.claimNext() >>> 0
      ${text.writeNew(
        all,
        all.map(({ store }) => store),
      )}
      return index
    }
  `
  // A field that was not given is prepared as 0, which every prepared field accepts; any other check would refuse undefined.
  const patched = each((_, value, { prepared: { name, from } }) =>
    from === undefined ? '' : `const ${name} = ${value} === undefined ? 0 : ${from}`,
  )
  const isUnfit = each((_, value, { prepared, refuses }) =>
    prepared.from !== undefined || fields.length === 1 ? refuses : `(${value} !== undefined && ${refuses})`,
  )
  const isEmpty = values.map((value) => `${value} === undefined`).join(' && ')
  const update = code`
    ‹override ›update(index‹: number›, patch‹: Readonly<Partial<${recordType}>>›)‹: void› {
      const given = patch ?? NOTHING
      ${takeEach('given')}
      ${patched}
      if (${[fields.length === 1 ? isEmpty : `(${isEmpty})`, ...isUnfit].join(' || ')}) return this.finishPatch(index, patch)
      ${text.write(
        fields,
        all,
        each((_, value, { store }) =>
          store.includes('\n')
            ? code`
                  if (${value} !== undefined) {
                    ${store}
                  }
                `
            : `if (${value} !== undefined) ${store}`,
        ),
        partGiven(fields, values),
      )}
    }
  `
  // A literal of one known shape: if compilers inline `writeNext`, they do not even allocate it.
  const columns = fields.map((field) => {
    return code`${field.property}: columns.${field.property}[index]‹ as ${tsTypeOf(field)}›`
  })
  const appendRow = code`
    ‹protected override ›appendRow(columns‹: Columns<${recordType}>›, index‹: number›)‹: number› {
      return this.writeNext({ ${columns.join(', ')} })
    }
  `
  return [get, getInto, set, append, writeNext, update, appendRow]
}

/** The words from the first one of the first field that a patch has to the last one of its last field. */
function partGiven(fields: readonly LayoutField[], values: readonly string[]): Part {
  const parts = fields.map(wordsOf)
  const firstGiven = (words: readonly number[], given: readonly string[]) =>
    words.map((word, i) => (i < words.length - 1 ? `${given[i]} !== undefined ? ${word} : ` : word)).join('')
  const ends = parts.map(({ start, length }) => start + length)
  return {
    start: firstGiven(
      parts.map(({ start }) => start),
      values,
    ),
    end: firstGiven(ends.reverse(), [...values].reverse()),
  }
}
